"""A segment of the machine before it is quantised: the groups that it will be.

Shapes alone decide how work is scheduled, and quantising changes none. A function of
one element becomes a table, a clamp a change of scale, a reshape another name. What
joins tensors wants all of them in its own integers: what others read too, gets those
from an operator of its own, unless all are parts of one tensor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...authoring.operators import computed_operands, is_function_of_one_element
from ...authoring.pinned import pinned
from ...machine_forms.form import Wants
from ...machine_forms.forms import feature_maps_of, form_of, stage_of
from ...machine_forms.stage import Kind, Stage
from ...scheduling.network.group_graph import GroupGraph
from ...scheduling.network.held_constants import weight_of
from ...scheduling.network.links import map_of
from ...scheduling.network.names import is_name, origin_of, source_of
from ...scheduling.striped.held import NO_KEYS, Keys
from ...scheduling.striped.segment import Member
from ...scheduling.tiled.group import Group
from ..placement.seams import made_in, parts_of_one

TABLE_BYTES = 256


def preview(operators: Sequence[nn.Operator]) -> GroupGraph:
    """The groups of a segment with these operators, which are called by their numbers.

    A change of scale before operator 7 is called `7<0`.
    """
    inside = set(operators)
    made: dict[SSAValue, str] = {}
    groups: list[Group] = []
    links: list[Member] = []

    def add(
        name: str,
        stage: Stage,
        reads: Sequence[SSAValue],
        value: SSAValue,
        leaves: bool,
        constants: Keys = NO_KEYS,
    ) -> None:
        parts = [each for each in reads if origin_of(each) is not source_of(each)]
        wholes = dict.fromkeys(map(origin_of, parts))
        groups.append(Group(name, stage))
        links.append(
            Member(
                name,
                stage,
                tuple(made.get(source_of(each)) or _entering(each) for each in reads),
                tuple(map_of(source_of(each)) == map_of(each) for each in reads),
                map_of(value),
                tuple(map(map_of, reads)),
                leaves,
                constants,
                tuple(made[whole] for whole in wholes if whole in made),
            )
        )

    for number, op in enumerate(operators):
        if is_name(op):
            continue
        reads = [each for each in _maps(op) if each in computed_operands(op)]
        renamed: dict[SSAValue, str] = {}
        for order, value in enumerate(rescaled(op)):
            name = f"{number}<{order}"
            add(name, bytewise(value), [value], value, False)
            renamed[source_of(value)] = name
        before = {value: made[value] for value in renamed if value in made}
        made.update(renamed)
        leaves, constants = _leaves(op.ofm, inside), weight_of(op)
        add(str(number), stage_before(op), reads, op.ofm, leaves, constants)
        for value in renamed:
            del made[value]
        made.update(before)
        made[op.ofm] = str(number)
    return GroupGraph(groups, links)


def operator_of(group: str) -> int:
    """The number of the operator that a group belongs to."""
    return int(group.partition("<")[0])


def stage_before(op: nn.Operator) -> Stage:
    """The stage of an operator that is not quantised yet, if it is to be."""
    form = form_of(op)
    if isinstance(op, nn.ClampOp):
        return bytewise(op.ofm)
    if is_function_of_one_element(op):
        return bytewise(op.ofm, TABLE_BYTES)
    if form is None or not form.is_work:
        return bytewise(op.ofm)
    return replace(stage_of(op), name="")


def bytewise(value: SSAValue, parameter_bytes: int = 0) -> Stage:
    """The stage of what treats every byte of a tensor alike."""
    flat = (1, prod(nn.shape(value)), 1, 1)
    return Stage(
        "",
        nn.RequantiseOp.name,
        "vector.lookup" if parameter_bytes else "vector.requantise",
        Kind.ELEMENTWISE,
        flat,
        flat,
        parameter_bytes=parameter_bytes,
    )


def rescaled(op: nn.Operator) -> Iterator[SSAValue]:
    """What an operator that joins tensors has to bring into its own integers first."""
    form = form_of(op)
    if form is None or form.wants is Wants.AS_THEY_COME:
        return
    values = dict.fromkeys(computed_operands(op))
    if parts_of_one([*values]):
        return
    for value in values:
        own = pinned(value)
        if (own != pinned(op.ofm)) if own is not None else not made_in(value):
            yield value


def _maps(op: nn.Operator) -> Sequence[SSAValue]:
    """What an operator walks over, if it has an instruction of its own."""
    form = form_of(op)
    one = is_function_of_one_element(op) or form is None or not form.is_work
    return computed_operands(op) if one else feature_maps_of(op)


def _leaves(value: SSAValue, inside: set[nn.Operator]) -> bool:
    """Whether anybody outside reads a tensor, by whatever name."""
    for use in value.uses:
        reader = use.operation
        if not isinstance(reader, nn.Operator) or reader not in inside:
            return True
        if is_name(reader) and (
            isinstance(reader, nn.SliceOp) or _leaves(reader.ofm, inside)
        ):
            return True
    return False


def _entering(value: SSAValue) -> str:
    return f"input {id(source_of(value))}"
