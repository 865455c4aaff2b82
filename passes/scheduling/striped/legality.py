"""Which operators can run together in stripes, and by which schedules.

Whatever is legal gives the same values. Whether a machine has room for it is another
question: see `fit`.
"""

from collections.abc import Iterator

from ....dialects.tile import StripedSchedule
from ....errors import AipuError
from ...machine_forms.stage import Kind
from .accumulating import sums_of_several
from .graph import Graph

WHAT_CAN = (
    "convolutions without groups, depthwise ones, pools, sums, functions of one "
    "element, and concats and slices of channels can; give the others groups of their "
    "own"
)


def check_stripable(group: str, graph: Graph, schedule: StripedSchedule) -> None:
    """Whether a group can run by a schedule.

    Raises:
        AipuError: it would compute too little, or something else.
    """
    for problem, remedy in _problems(graph, schedule):
        raise AipuError(problem, place=group, remedy=remedy)


def pads_alike(graph: Graph) -> bool:
    """Whether what pads a tensor pads it with the same value.

    All that multiply pad with its zero point; each kind of pool has a value of its own.
    """
    for tensor in range(len(graph.maps)):
        kinds = {
            operator.stage.mnemonic if operator.stage.kind is Kind.POOL else ""
            for operator in graph.reading(tensor)
            if operator.is_windowed and any(operator.stage.window.pad)
        }
        if len(kinds) > 1:
            return False
    return True


def _problems(graph: Graph, schedule: StripedSchedule) -> Iterator[tuple[str, str]]:
    if not pads_alike(graph):
        yield (
            "a pool and another window read the same map, both with padding, which is "
            "another number for each",
            "give one of them a group of its own",
        )
    if len(schedule.weights) != len(graph.operators):
        yield (
            f"the schedule says of {len(schedule.weights)} operators how their weights "
            f"come, the group has {len(graph.operators)}",
            "say `once`, `held` or `stream SLOTS of CHANNELS` of each, in their order",
        )
    if graph.images % schedule.images:
        yield (
            f"{schedule.images} images at once do not divide the {graph.images} of the "
            "group, whose images are rows of one where no operator reads rows around "
            "those that it makes",
            "let them divide it, or leave `images` out and make `rows` more",
        )
    elif len(schedule.weights) == len(graph.operators):
        for number in sums_of_several(graph, schedule):
            yield (
                f"the sums of {graph.operators[number].stage.operator} would wait for "
                f"more channels of {schedule.images} images at once, with rows between "
                "them that others read, or not all rows of them",
                "leave `deep` or `images` out",
            )
    for operator, weights in zip(graph.operators, schedule.weights, strict=False):
        stage = operator.stage
        if weights.slots and not stage.weight_bytes:
            yield (
                f"{stage.operator} has no weights that could be streamed",
                "say `once` of it",
            )
        if weights.held and not (stage.weight_bytes or stage.parameter_bytes):
            yield (
                f"{stage.operator} has no weights or parameters that could be held",
                "say `once` of it",
            )
        if weights.depth and stage.kind is not Kind.CONVOLUTION:
            yield (
                f"{stage.operator} sums over no channels that could come in parts",
                "leave `deep` out",
            )
        if weights.depth > stage.ifm[3]:
            yield (
                f"tiles of weights are {weights.depth} deep, {stage.operator} reads "
                f"{stage.ifm[3]} channels",
                f"make them {stage.ifm[3]} deep at most",
            )
        if weights.channels > stage.ofm[3]:
            yield (
                f"the weights of {weights.channels} channels are streamed at once, "
                f"{stage.operator} has {stage.ofm[3]}",
                f"stream those of {stage.ofm[3]} at most",
            )
