"""Fit the numbers of a host to times that were measured on a board.

Each number is multiplied by a factor: those factors are taken that make the least of

    sum (log(model / measured) / SPREAD) ** 2  +  sum (log(factor) / TRUST) ** 2

over networks and numbers, so that a number of which the times say nothing stays as it
was. Levenberg-Marquardt, with a Jacobian by differences. The clock stays: it cannot be
told from the rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace as of_target

import numpy as np
from msgspec import Struct
from msgspec.structs import fields, replace

from ...backend_aipu.host import Host, Rates, Work
from ...backend_aipu.machine import Machine, machine_names
from ...dialects import nn
from ...errors import AipuError
from ...passes.authoring.functions import main_function
from ...passes.authoring.operators import operators
from ...passes.quantising.placement.host_work import host_work
from ..building.driver import Build
from ..building.levels import FLOAT
from .benchncnn_log import BenchLog
from .networks import Candidate
from .processor import INT8_SHARE, host_alone_ms

SPREAD = 0.1
"""By how much the model is off where its numbers are right: the mean error of the fit
to published times."""

TRUST = 0.7
"""How far the logarithm of a factor may be from 0 for free."""

STEPS = 40
DIFFERENCE = 1e-3
RATES = tuple(field.name for field in fields(Rates))

Works = Mapping[str, Sequence[Work]]


class FitRow(Struct, frozen=True):
    """Milliseconds of a network: measured, by the host as it was, and as fitted."""

    measured: float
    before: float
    fitted: float


class HostFit(Struct, frozen=True):
    """A host as fast as was measured, and every network by its name."""

    host: Host
    rows: dict[str, FitRow]


def calibration(
    machine: Machine, log: BenchLog, networks: Mapping[str, Candidate]
) -> HostFit:
    """Fit the host of a machine to a log.

    Args:
        machine: whose host it is.
        log: of benchncnn.
        networks: that are known, by their names; those of the log count.

    Raises:
        AipuError: the machine has no host, the log none of the networks, or one of
            them cannot be read.
    """
    if machine.host is None:
        raise AipuError(f"{machine.name} has no host", place="--target")
    known = {name: networks[name] for name in log.ms if name in networks}
    if not known:
        raise AipuError(
            f"none of the networks of the log is known: {', '.join(log.ms)}",
            place="--calibrate",
            remedy="--nets DIR with the folder `benchmark` of ncnn knows them",
        )
    works = {name: works_of(each, machine.name) for name, each in known.items()}
    shares = {name: INT8_SHARE if each.int8 else 1.0 for name, each in known.items()}
    reals = {name: log.ms[name] / shares[name] for name in known}
    host = fitted(machine.host, works, reals, log.threads)
    before, after = (
        {
            name: shares[name] * host_alone_ms(work, each, log.threads)
            for name, work in works.items()
        }
        for each in (machine.host, host)
    )
    rows = {name: FitRow(log.ms[name], before[name], after[name]) for name in known}
    return HostFit(host, rows)


def works_of(candidate: Candidate, target: str) -> list[Work]:
    """What a network asks of a host.

    Raises:
        AipuError: it cannot be read.
    """
    build = Build(candidate.model(), of_target(candidate.options, target=target))
    build.reach(FLOAT)
    found: Sequence[nn.Operator] = operators(
        main_function(build.modules[FLOAT]).body.block
    )
    return [work for op in found if (work := host_work(op)) is not None]


def fitted(
    host: Host, works: Works, measured: Mapping[str, float], threads: int
) -> Host:
    """A host like another one, but as fast as was measured.

    Args:
        host: to begin with.
        works: of networks, by their names.
        measured: milliseconds of each of them.
        threads: that worked.
    """
    logs = np.log([measured[name] for name in works])

    def residuals(factors: np.ndarray) -> np.ndarray:
        model = scaled(host, factors)
        times = [host_alone_ms(work, model, threads) for work in works.values()]
        return np.concatenate([(np.log(times) - logs) / SPREAD, factors / TRUST])

    factors = np.zeros(len(RATES) + 2)
    found, damping = residuals(factors), 1.0
    for _ in range(STEPS):
        columns = [
            (residuals(factors + step) - found) / DIFFERENCE
            for step in DIFFERENCE * np.eye(len(factors))
        ]
        jacobian = np.stack(columns, axis=1)
        normal = jacobian.T @ jacobian + damping * np.eye(len(factors))
        tried = factors - np.linalg.solve(normal, jacobian.T @ found)
        there = residuals(tried)
        if there @ there < found @ found:
            factors, found, damping = tried, there, damping / 4
        else:
            damping *= 8
    return scaled(host, factors)


def scaled(host: Host, factors: np.ndarray) -> Host:
    """A host whose rates, overhead and bandwidth have factors, by their logarithms."""
    *of_rates, of_overhead, of_bandwidth = np.exp(factors)
    rates = {
        name: float(getattr(host.rates, name) * factor)
        for name, factor in zip(RATES, of_rates, strict=True)
    }
    return replace(
        host,
        rates=Rates(**rates),
        overhead=max(1, round(host.overhead * of_overhead)),
        bandwidth=max(1, round(host.bandwidth * of_bandwidth)),
    )


def target_text(machine: Machine, host: Host, name: str, source: str) -> str:
    """A target file: a machine with another host.

    Args:
        machine: that ships with the compiler.
        host: to be beside it.
        name: of the new target.
        source: what the numbers are fitted to.

    Raises:
        AipuError: the machine is of a file, which no other file can begin with.
    """
    if machine.name not in machine_names():
        raise AipuError(
            f"a target file begins with a target that ships, not with {machine.name}",
            place="--target",
        )
    rates = "".join(f"{each} = {getattr(host.rates, each):.4g}\n" for each in RATES)
    return f"""\
# Fitted to {source} by `aipu bench --calibrate`.

base = "{machine.name}"
name = "{name}"
description = "{machine.name}, its host as measured"

[host]
overhead = {host.overhead}
bandwidth = {host.bandwidth}

[host.rates]
{rates}"""
