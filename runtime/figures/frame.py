"""The time of a frame: the machine simulated, the host and the crossings estimated.

    latency = machine + host + crossings

Segments run one after another, and tensors are handed over between them. Where a target
says nothing of a host, the machine's part is all that is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.dialects.func import FuncOp

from ...backend_aipu.host import Host as HostModel
from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn.macs import operations
from ...passes.authoring.places import HOST, MACHINE, REASON
from ...passes.authoring.segments import place_of
from ...passes.quantising.placement.crossings import crossings, segments
from ...passes.quantising.placement.host_work import host_ms
from .figures import Crossing, Host, HostOperator, Segment


@dataclass(frozen=True)
class Frame:
    """What a run consists of; times in milliseconds, of the whole batch."""

    segments: Sequence[Segment]
    crossings: Sequence[Crossing]
    host: Host

    @property
    def machine_ms(self) -> float:
        """Of all segments of the machine."""
        return sum(each.ms or 0.0 for each in self.segments if each.place == MACHINE)

    @property
    def host_ms(self) -> float:
        """Of all segments of the host; 0 where nothing is known of it."""
        return sum(each.ms or 0.0 for each in self.segments if each.place == HOST)

    @property
    def crossing_ms(self) -> float:
        """Of all crossings; 0 where nothing is known of the host."""
        return sum(each.ms or 0.0 for each in self.crossings)

    @property
    def latency_ms(self) -> float:
        return self.machine_ms + self.host_ms + self.crossing_ms

    @property
    def interval_ms(self) -> float:
        """Between two frames of many, where each side works on one of its own."""
        return max(self.machine_ms, self.host_ms + self.crossing_ms)


def frame(
    module: ModuleOp,
    machine_ms: Mapping[str, float],
    machine_macs: int,
    model: HostModel | None,
) -> Frame:
    """What a run of a network consists of.

    Args:
        module: the network, scheduled.
        machine_ms: of the machine's segments, by their names.
        machine_macs: of all of them.
        model: of the host; None where nothing is known of it.
    """
    passing = crossings(module)
    converting = {op for crossing in passing for op in crossing.conversions}
    parts = {
        function: [
            op
            for op in function.walk()
            if isinstance(op, nn.Operator) and op not in converting
        ]
        for function in segments(module)
    }
    on_host = [
        (op, function)
        for function, operators in parts.items()
        if place_of(function) == HOST
        for op in operators
    ]
    arithmetic = sum(operations(op) for op, _ in on_host)
    total = (arithmetic + 2 * machine_macs) or 1
    return Frame(
        [
            _segment(function, operators, machine_ms, model)
            for function, operators in parts.items()
        ],
        [
            Crossing(
                each.tensor,
                each.to,
                each.before,
                each.bytes,
                None if model is None else each.milliseconds(model),
            )
            for each in passing
        ],
        Host(
            arithmetic / total,
            [
                HostOperator(
                    source_name(op),
                    op.name.removeprefix("nn."),
                    function.sym_name.data,
                    _reason(op),
                    operations(op) / total,
                    None if model is None else host_ms(op, model),
                )
                for op, function in on_host
            ],
        ),
    )


def _segment(
    function: FuncOp,
    operators: Sequence[nn.Operator],
    machine_ms: Mapping[str, float],
    model: HostModel | None,
) -> Segment:
    name, place = function.sym_name.data, place_of(function) or MACHINE
    milliseconds = machine_ms.get(name)
    if place == HOST and model is not None:
        milliseconds = sum((host_ms(op, model) for op in operators), 0.0)
    return Segment(
        name,
        place,
        len(operators),
        source_name(operators[0]) if operators else "",
        source_name(operators[-1]) if operators else "",
        milliseconds,
    )


def _reason(op: nn.Operator) -> str:
    reason = op.attributes.get(REASON)
    return reason.data if isinstance(reason, StringAttr) else ""
