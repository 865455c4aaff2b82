"""Fit a machine to times that were measured on a board: bandwidth, launch, latency.

Each number has a factor; Gauss-Newton makes the least of

    sum log(model / measured) ** 2

over its logarithms, with a Jacobian by differences. No more numbers are fitted than
there are times, and none that the times hardly tell: by columns of the Jacobian, the
one first of which most is left beside those that are fitted already. The others stay.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct, structs

from ...backend_aipu.machine import Machine, load_machine, machine_names
from ...backend_aipu.target_text import whole_text
from ...errors import AipuError
from .timed import ProgramFor, Timed, programs_for

NUMBERS = ("dram.bandwidth", "control.launch", "dram.latency")
"""What is fitted."""

ZERO_STARTS_AT = 100
"""Where a number begins that is 0 in the target, and has no logarithm."""

ERROR = 0.01
"""Of a time, for which it is said how far off the numbers are."""

HARDLY = 0.5
"""A number stays if times that are off by `ERROR` would move it farther than this."""

LEAST_LEFT = 1e-6
"""Of a column: less is nothing."""

LARGEST = 2**40
"""Of any number: where times contradict each other, one of them may go to no end."""

STEPS = 8
DIFFERENCE = 0.05
FARTHEST = np.log(4)
CLOSE = 1e-3
FALLING = 0.99
"""The sum of squares has to fall to this share of the least one so far."""

Values = Mapping[str, int]


class NumberFit(Struct, frozen=True):
    """A number before and after; `off` its share by which it is off where the times are
    by 1 %. Of one that stays, by which it would be: null where all is told already.
    """

    before: int
    after: int
    fitted: bool
    off: float | None


class TimeFit(Struct, frozen=True):
    """Milliseconds of a network: measured, of the target as it was, and as fitted."""

    measured: float
    before: float
    fitted: float


class TargetFit(Struct, frozen=True):
    """A machine as fast as was measured; its numbers, and every network by its name."""

    machine: Machine
    numbers: dict[str, NumberFit]
    times: dict[str, TimeFit]


def fit_target(machine: Machine, measured: Mapping[str, float], name: str) -> TargetFit:
    """Fit a machine to times.

    Args:
        machine: to begin with.
        measured: milliseconds of one run of the machine alone, by the package, network
            or model that ran.
        name: of the new target.

    Raises:
        AipuError: there is no such network, or no such numbers could make it so fast.
    """
    programs = {word: programs_for(word, machine) for word in measured}
    search = _Search(machine, programs, np.array([*measured.values()]))
    values = search.start
    chosen, off = search.tell(values)
    values = search.fitted(values, chosen)
    sure = _off(search.jacobian(values)[:, [NUMBERS.index(each) for each in chosen]])
    off |= dict(zip(chosen, sure, strict=True))
    own = {each: _number(machine, each) for each in NUMBERS}
    found = {**own, **{each: values[each] for each in chosen}}
    fitted = structs.replace(
        with_numbers(machine, found),
        name=name,
        description=f"{machine.name} as fast as {' and '.join(measured)} measured",
    )
    before, after = search.times(own), search.times(found)
    return TargetFit(
        fitted,
        {
            each: NumberFit(own[each], found[each], each in chosen, off.get(each))
            for each in NUMBERS
        },
        {
            word: TimeFit(measured[word], float(was), float(now))
            for word, was, now in zip(measured, before, after, strict=True)
        },
    )


class _Search:
    """The machine, the networks and their times, and the programs of one machine."""

    def __init__(
        self, machine: Machine, programs: Mapping[str, ProgramFor], measured: np.ndarray
    ):
        self.machine = machine
        self.programs = programs
        self.measured = measured
        self.start = {e: _number(machine, e) or ZERO_STARTS_AT for e in NUMBERS}
        self.built: dict[tuple[int, ...], Sequence[Timed]] = {}
        self._refuse_impossible()

    def times(self, values: Values) -> np.ndarray:
        """Milliseconds of the networks, each by its own program for such a machine."""
        return self._times(self._programs(values), values)

    def jacobian(self, values: Values) -> np.ndarray:
        """By how much the logarithms of the times move with those of the numbers.

        The programs stay: near the best one, another choice changes little.
        """
        return self._jacobian(self._programs(values), values)

    def tell(self, values: Values) -> tuple[list[str], dict[str, float]]:
        """The numbers that the times tell; how far off others would be."""
        jacobian = self.jacobian(values)
        chosen: list[int] = []
        off: dict[str, float] = {}
        while len(chosen) < min(len(self.measured), len(NUMBERS)):
            rest = [n for n in range(len(NUMBERS)) if n not in chosen]
            offs = {n: _last_off(jacobian[:, [*chosen, n]]) for n in rest}
            best = min(offs, key=lambda n: offs[n])
            if offs[best] > HARDLY:
                off = {NUMBERS[n]: offs[n] for n in rest}
                break
            chosen.append(best)
        return [NUMBERS[n] for n in chosen], off

    def fitted(self, values: Values, chosen: Sequence[str]) -> Values:
        """The numbers, where those that are chosen are fitted.

        With the programs as they are, then with those of the machine that was found,
        and so on while that brings it closer.
        """
        best, least = values, self._wrong(values)
        while chosen:
            values = self._descended(values, chosen)
            wrong = self._wrong(values)
            if wrong >= FALLING * least:
                break
            best, least = values, wrong
        return best

    def _descended(self, values: Values, chosen: Sequence[str]) -> Values:
        """The numbers fitted with the programs of those to begin with."""
        programs = self._programs(values)
        columns = [NUMBERS.index(each) for each in chosen]
        for _ in range(STEPS):
            wrong = np.log(self._times(programs, values) / self.measured)
            jacobian = self._jacobian(programs, values)[:, columns]
            moves = np.clip(np.linalg.pinv(jacobian) @ -wrong, -FARTHEST, FARTHEST)
            moved = {
                each: min(max(1, round(values[each] * np.exp(move))), LARGEST)
                for each, move in zip(chosen, moves, strict=True)
            }
            values = {**values, **moved}
            if np.abs(moves).max() < CLOSE:
                break
        return values

    def _wrong(self, values: Values) -> float:
        """The sum of squares."""
        wrong = np.log(self.times(values) / self.measured)
        return float(wrong @ wrong)

    def _jacobian(self, programs: Sequence[Timed], values: Values) -> np.ndarray:
        there = np.log(self._times(programs, values))
        columns = []
        for each in NUMBERS:
            moved = max(values[each] + 1, round(values[each] * (1 + DIFFERENCE)))
            times = self._times(programs, {**values, each: moved})
            columns.append((np.log(times) - there) / np.log(moved / values[each]))
        return np.stack(columns, axis=1)

    def _programs(self, values: Values) -> Sequence[Timed]:
        key = tuple(values[each] for each in NUMBERS)
        if key not in self.built:
            machine = with_numbers(self.machine, values)
            self.built[key] = [program(machine) for program in self.programs.values()]
        return self.built[key]

    def _times(self, programs: Sequence[Timed], values: Values) -> np.ndarray:
        machine = with_numbers(self.machine, values)
        return np.array([each.milliseconds(machine) for each in programs])

    def _refuse_impossible(self) -> None:
        """No bandwidth or launch makes a network faster than its arithmetic."""
        free = {"dram.bandwidth": LARGEST, "control.launch": 0, "dram.latency": 0}
        least = self._times(self._programs(self.start), free)
        for word, time, bound in zip(self.programs, self.measured, least, strict=True):
            if time <= bound:
                raise AipuError(
                    f"{time:g} ms is too fast for {self.machine.name}: what it "
                    f"computes takes {bound:.4g} ms, whatever bandwidth and launch",
                    place=word,
                    remedy="begin with a target of the board's own array and clock",
                )


def with_numbers(machine: Machine, values: Values) -> Machine:
    """A machine with other numbers, as `{"dram.latency": 300}`."""
    for key, value in values.items():
        section, _, field = key.partition(".")
        inner = structs.replace(getattr(machine, section), **{field: value})
        machine = structs.replace(machine, **{section: inner})
    return machine


def _number(machine: Machine, key: str) -> int:
    section, _, field = key.partition(".")
    return getattr(getattr(machine, section), field)


def _off(columns: np.ndarray) -> list[float]:
    """How far off numbers are where each time is by `ERROR`, at random."""
    spread = np.linalg.norm(np.linalg.pinv(columns), axis=1)
    return [float(ERROR * each) for each in spread]


def _last_off(columns: np.ndarray) -> float:
    """The same of the last one, by what is left of its column beside the others."""
    left = abs(float(np.linalg.qr(columns).R[-1, -1]))
    return ERROR / max(left, LEAST_LEFT)


def fitted_text(base: Machine, fit: TargetFit) -> str:
    """The target file of a fit; whole, if it cannot begin with a target that ships."""
    machine = fit.machine
    times = ", ".join(
        f"{word} {time.measured:g} ms" for word, time in fit.times.items()
    )
    head = f"# Fitted to {times} by `aipu targets fit`.\n\n"
    if base.name not in machine_names() or load_machine(base.name) != base:
        return head + whole_text(machine)
    return (
        head
        + f"""\
base = "{base.name}"
name = "{machine.name}"
description = "{machine.description}"

[dram]
bandwidth = {machine.dram.bandwidth}
latency = {machine.dram.latency}

[control]
launch = {machine.control.launch}
"""
    )
