"""The layers of a report: each group with what it took, shared out to its operators."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from msgspec import structs
from xdsl.dialects.func import FuncOp

from ...backend_aipu.machine import Machine
from ...dialects import nn
from ...dialects.aipu import Engine
from ...dialects.locations import source_name
from ...errors import AipuError
from ...passes.machine_forms.stage import Kind, Stage
from ...passes.scheduling.bounds.bounds import FunctionWork, GroupWork
from ...passes.scheduling.network.groups import groups_of, operators_of
from ..simulator.profile import LayerProfile, NetworkProfile
from ..simulator.shares import shares
from ..simulator.stream import Work
from .figures import Kernel, Layer, Piece


@dataclass(frozen=True)
class Ran:
    """A group and what it took: names of its operators; shares by such names."""

    group: GroupWork
    operators: Sequence[str]
    work: Work
    profile: LayerProfile
    shares: Mapping[str, LayerProfile]

    @property
    def macs(self) -> int:
        """What it multiplied that the network asks for."""
        return min(self.group.macs, self.profile.macs)


def groups_that_ran(
    functions: Sequence[FuncOp], works: Sequence[FunctionWork], profile: NetworkProfile
) -> list[Ran]:
    """All groups in the order in which they ran.

    Args:
        functions: those of the machine, at the `tile` level.
        works: what their groups need at least.
        profile: of a run of the program.

    Raises:
        AipuError: the schedule and the program are not of one network.
    """
    groups = {
        group.name: (group, [source_name(each) for each in operators_of(op)])
        for function, work in zip(functions, works, strict=True)
        for op, group in zip(groups_of(function), work.groups, strict=True)
    }
    _check(groups.keys(), {layer.name for layer in profile.layers})
    return [
        Ran(*groups[work.name], work, layer, {each.name: each for each in parts})
        for entry in profile.entries
        for work, layer, parts in zip(
            entry.stream.works, entry.layers, shares(entry), strict=True
        )
    ]


def layers_of(groups: Sequence[Ran], machine: Machine) -> list[Layer]:
    """The rows of a report."""
    found: list[Layer] = []
    launch = 0
    for each in groups:
        work, stages = each.work, each.group.stages
        begins = launch + (work.start in work.launches)
        launch += len(work.launches)
        whole = _part(each.profile, stages, machine)
        found.append(
            Layer(
                **structs.asdict(whole),
                launch=begins,
                launches=len(work.launches),
                operators=list(_operators(each, machine)),
            )
        )
    return found


def _operators(ran: Ran, machine: Machine) -> Iterator[Piece]:
    """The operators of the group, and whatever else its instructions come from."""
    stages = dict(zip(ran.operators, ran.group.stages, strict=True))
    for name in dict.fromkeys([*stages, *ran.shares]):
        share = ran.shares.get(name) or _nothing(name, ran.profile.causes)
        yield _part(share, [stages[name]] if name in stages else [], machine)


def _nothing(name: str, causes: Iterable[str]) -> LayerProfile:
    """What an operator takes that no instruction comes from."""
    none, idle = dict.fromkeys(causes, 0), dict.fromkeys(Engine, 0)
    return LayerProfile(name, 0, 0, none, idle, 0, 0, 0, 0, 0, 0.0)


def _part(taken: LayerProfile, stages: Sequence[Stage], machine: Machine) -> Piece:
    macs = min(taken.macs, sum(stage.macs for stage in stages))
    return Piece(
        name=taken.name,
        op=_names(stages),
        kernel=_kernel(stages),
        macs=macs,
        cycles=taken.cycles,
        utilisation=_utilisation(macs, taken.running_cycles, machine),
        dram_bytes=taken.dram_bytes,
        sram_bytes=taken.sram_bytes,
        energy_uj=taken.energy_pj / 1e6,
        bound_by=taken.bound_by,
        cycles_by_cause=dict(taken.causes),
    )


def kernels_of(groups: Sequence[Ran], machine: Machine) -> dict[str, Kernel]:
    """What convolutions of a kind take, by the name of the kind."""
    kernels: dict[str, list[Ran]] = {}
    for each in groups:
        kernels.setdefault(_kernel(each.group.stages), []).append(each)
    return {
        kernel: _together(of_kernel, machine)
        for kernel, of_kernel in kernels.items()
        if kernel
    }


def _together(groups: Sequence[Ran], machine: Machine) -> Kernel:
    layers = sum(len(_convolutions(each.group.stages)) for each in groups)
    macs = sum(each.macs for each in groups)
    cycles = sum(each.profile.running_cycles for each in groups)
    return Kernel(layers, macs, cycles, _utilisation(macs, cycles, machine))


def _utilisation(macs: int, cycles: int, machine: Machine) -> float:
    """The share of the array that does what the network asks for."""
    return macs / max(1, cycles * machine.macs_per_cycle)


def _convolutions(stages: Sequence[Stage]) -> list[str]:
    """The kinds of the convolutions: `3x3`, `3x3 depthwise`."""
    return [
        stage.kernel_name + (" depthwise" if stage.kind is Kind.DEPTHWISE else "")
        for stage in stages
        if stage.operator == nn.Conv2dOp.name
    ]


def _kernel(stages: Sequence[Stage]) -> str:
    """What the convolutions are: of one kind, `mixed`, or nothing without any."""
    kinds = set(_convolutions(stages))
    return "mixed" if len(kinds) > 1 else "".join(kinds)


def _names(stages: Sequence[Stage]) -> str:
    """`3 conv2d+add`: each once, in the order in which they first come."""
    counted = Counter(stage.operator.removeprefix("nn.") for stage in stages)
    return "+".join(
        name if times == 1 else f"{times} {name}" for name, times in counted.items()
    )


def _check(groups: Set[str], ran: Set[str]) -> None:
    """Every layer that ran has a group and the other way round, or `AipuError`."""
    strangers = [
        *(
            f"the binary runs '{name}', the schedule has no such group"
            for name in ran - groups
        ),
        *(
            f"the schedule has the group '{name}', the binary does not run it"
            for name in groups - ran
        ),
    ]
    if strangers:
        raise AipuError(
            min(strangers),
            remedy="its files do not belong together: build the package again",
        )
