"""Take the operators of the machine from reals to integers.

Needs `place-operators` and `calibrate` before. Activations become int8 with one scale a
tensor, weights int8 with one scale an ofm channel, biases int32.

%1 = nn.conv2d %0, %w, %b           %q = nn.quantise %0
       {place = "machine"}    ==>   %1 = nn.conv2d %q, %w8, %b32 rescale %m, %s
func.return %1                      %2 = nn.dequantise %1
                                    func.return %2

What makes integers says which reals they stand for, if `name-reals` was before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import LocationAttr, ModuleOp, NameLoc, NoneAttr, StringAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, BlockArgument, Operation, OpResult, SSAValue

from ...dialects import nn
from ...dialects.quant import UniformType, quantisation, uniform
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import Constants
from ..authoring.context import weights_of
from ..authoring.functions import input_name
from ..authoring.operators import computed_operands
from ..authoring.pinned import pinned
from ..authoring.places import (
    place_alike,
    run_on_host,
    run_on_machine,
    runs_on_machine,
)
from ..authoring.promises import REQUANTISING, AipuPass
from ..machine_forms.arithmetic import Arithmetic
from ..machine_forms.form import Wants
from ..machine_forms.forms import quantised
from ..machine_forms.site import Site
from .arithmetic.arithmetic import arithmetic_of
from .arithmetic.element_types import (
    element_types,
    moved_on_host,
    own_type,
    wants_of,
)
from .arithmetic.identity import stand_for, stands_for
from .arithmetic.scales import centred_type


@dataclass(frozen=True)
class QuantiseOperatorsPass(AipuPass):
    """The machine's operators work on integers, the host's on reals.

    arithmetic: how the integers are chosen, aipu or as Arm-China's tools do: zhouyi,
        zhouyi-bias16, zhouyi-per-channel. With aipu, what a model has quantised itself
        is rounded as its own runtime does.
    """

    name = "quantise-operators"
    semantics = REQUANTISING

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in op.body.block.ops:
            if isinstance(function, FuncOp) and not function.is_declaration:
                rules = arithmetic_of(function, self.arithmetic)
                Quantiser(function.body.block, weights_of(ctx), rules).run()


class Quantiser:
    """Rewrites one block; every crossing is made once and shared by its readers."""

    def __init__(self, block: Block, store: WeightStore, rules: Arithmetic):
        self.block = block
        self.store = store
        self.rules = rules
        self.types = element_types(block, rules)
        self.moves = moved_on_host(block, rules)
        self.integers: dict[SSAValue, SSAValue] = {}
        self.rescaled: dict[tuple[SSAValue, UniformType], SSAValue] = {}
        self.reals: dict[SSAValue, SSAValue] = {}
        self.replaced: dict[SSAValue, nn.Operator] = {}

    def run(self) -> None:
        for op in list(self.block.ops):
            if isinstance(op, nn.Operator) and quantisation(op.ofm) is not None:
                self.keep_on_integers(op)
            elif isinstance(op, nn.Operator) and (
                runs_on_machine(op) or op in self.moves
            ):
                self.move_to_integers(op)
            else:
                self.keep_on_reals(op)
        for op in reversed(self.replaced.values()):
            self.block.erase_op(op)
        for op in list(self.block.ops):
            if isinstance(op, nn.WeightOp) and not op.value.uses:
                self.block.erase_op(op)

    def move_to_integers(self, op: nn.Operator) -> None:
        """Put the quantised form of `op` before it."""
        element, constants = self.types[op.ofm], Constants(self.store)
        inputs = [self.as_integers(value, op) for value in computed_operands(op)]
        match wants_of(op):
            case Wants.AS_THE_OFM:
                inputs = [self.in_type(element, value, op) for value in inputs]
            case Wants.CENTRED:
                centred = [centred_type(uniform(value)) for value in inputs]
                inputs = list(map(self.in_type, centred, inputs, [op] * len(inputs)))
            case Wants.AS_THEY_COME:
                pass
        new = quantised(op, Site(inputs, element, constants, self.rules))
        if op in self.moves:
            place_alike(new, op)
        else:
            run_on_machine(new)
        self.insert([*constants.made, new], op, op.ofm)
        self.integers[op.ofm] = new.ofm
        self.replaced[op.ofm] = op

    def keep_on_integers(self, op: nn.Operator) -> None:
        """What makes integers already stays; but what it quantises must be reals."""
        if isinstance(op, nn.QuantiseOp):
            self.keep_on_reals(op)

    def keep_on_reals(self, op: Operation) -> None:
        """Have `op` read reals where its operands have become integers.

        What the host makes and the model rounds is rounded on the host, too.
        """
        for index, value in enumerate(op.operands):
            rounded = pinned(value) is not None and not isinstance(op, nn.Selects)
            if quantisation(value) is None and (value in self.replaced or rounded):
                op.operands[index] = self.as_reals(value, op)

    def as_integers(self, value: SSAValue, reader: Operation) -> SSAValue:
        """What `value` has become, or else becomes before `reader`, on the machine."""
        if value not in self.integers:
            crossing = nn.QuantiseOp(value, self.type_of(value))
            run_on_host(crossing, "it takes reals to integers")
            self.insert([crossing], reader, value)
            self.integers[value] = crossing.ofm
        return self.integers[value]

    def type_of(self, value: SSAValue) -> UniformType:
        """The integers that a value gets."""
        return self.types.get(value) or own_type(value, self.rules)

    def as_reals(self, value: SSAValue, reader: Operation) -> SSAValue:
        """What `value` has become, as reals again."""
        if value not in self.reals:
            crossing = nn.DequantiseOp(self.as_integers(value, reader))
            run_on_host(crossing, "it takes integers to reals")
            self.insert([crossing], reader, value)
            self.reals[value] = crossing.ofm
        return self.reals[value]

    def in_type(
        self, element: UniformType, value: SSAValue, reader: Operation
    ) -> SSAValue:
        """A quantised value in another type."""
        if uniform(value) == element:
            return value
        if (value, element) not in self.rescaled:
            factor = self.rules.rescale(uniform(value).scale / element.scale)
            new = nn.RequantiseOp(value, element, factor)
            run_on_machine(new)
            self.insert([new], reader, value)
            self.rescaled[value, element] = new.ofm
        return self.rescaled[value, element]

    def insert(
        self, new: Sequence[Operation], reader: Operation, source: SSAValue
    ) -> None:
        """Put `new` before `reader`, with the location and the name of `source`."""
        for op in new:
            op.location = location(source)
        stand_for(new[-1], stands_for(source))
        new[-1].results[0].name_hint = source.name_hint
        self.block.insert_ops_before(new, reader)


def location(value: SSAValue) -> LocationAttr:
    """Where a value comes from: its operator, or the input of that name."""
    match value:
        case OpResult():
            return value.op.location
        case BlockArgument():
            return NameLoc(StringAttr(input_name(value)), NoneAttr())
    raise TypeError(f"{value} is neither a result nor an argument")
