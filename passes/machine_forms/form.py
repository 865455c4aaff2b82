"""The row of an operator on the machine: all that the compiler knows of it there."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import ClassVar, Generic, TypeVar, cast

from xdsl.ir import Operation, SSAValue

from ...dialects import nn
from ...dialects.locations import place, source_name
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from .numbers import Numbers
from .site import Site
from .stage import Stage

Op = TypeVar("Op", bound=nn.Operator, contravariant=True)
AnyOp = TypeVar("AnyOp", bound=nn.Operator)


class Wants(Enum):
    """In which integers an operator reads its operands."""

    AS_THEY_COME = auto()
    AS_THE_OFM = auto()
    CENTRED = auto()
    """With the zero point 0."""


class MachineForm(Generic[Op]):
    """An operator on the machine: when it runs there, quantised how, as which work.

    `maps` is how many of its operands are feature maps, the first ones; all, if None.
    With `constants` such a map may be a weight.
    """

    wants: ClassVar[Wants] = Wants.AS_THEY_COME
    maps: ClassVar[int | None] = None
    constants: ClassVar[bool] = False
    on_integers: ClassVar[bool] = True
    """Whether the machine has it on integers, as a model may say it."""
    is_work: ClassVar[bool] = True
    """Whether it is work for the machine: a stage, with an instruction or copies."""

    def why_not(self, op: Op) -> str | None:
        """Every form of the operator."""
        return None

    def quantised(self, op: Op, site: Site) -> nn.Operator:
        """The operator on integers that takes the place of one on reals.

        Raises:
            AipuError: there is none.
        """
        raise AipuError(f"{op.name} has no quantised form", place=place(op))

    def stage(self, op: Op) -> Stage:
        """What a scheduler sees of the operator on integers.

        Raises:
            AipuError: the machine has no instruction for it, or none for such an extent
                or operand.
        """
        raise AipuError(
            f"{op.name} cannot run on the machine",
            place=source_name(op),
            remedy="place it on the host (the pass 'place-operators' does)",
        )

    def numbers(self, op: Op, weights: WeightStore) -> Numbers:
        """The fields and parameters of its instruction."""
        return Numbers()

    def feature_maps(self, op: Op) -> Sequence[SSAValue]:
        """The operands that it walks over; the others are weights."""
        return op.operands[: self.maps]

    @property
    def condition(self) -> str:
        """When the machine runs the operator, in a line."""
        return (self.why_not.__doc__ or "").partition("\n")[0]


class Becomes(MachineForm[Op]):
    """What the machine itself does not have, but others in its place."""

    on_integers = False
    is_work = False


FORMS: dict[type[Operation], MachineForm[nn.Operator]] = {}
"""What the machine runs: each is asked about operators of its own kind alone."""


def machine_form(
    *kinds: type[AnyOp],
) -> Callable[[type[MachineForm[AnyOp]]], type[MachineForm[AnyOp]]]:
    """Make a class the form of some kinds of operators: `@machine_form(nn.AddOp)`."""

    def register(form: type[MachineForm[AnyOp]]) -> type[MachineForm[AnyOp]]:
        for kind in kinds:
            FORMS[kind] = cast("MachineForm[nn.Operator]", form())
        return form

    return register
