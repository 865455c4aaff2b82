"""Give every tensor in reals a name, by which its integers will say what they are.

    %1 = nn.conv2d %0, ... loc("conv1")          {stands_for = "conv1"}
    %2 = nn.clamp %1 ...   loc("conv1")    ==>   {stands_for = "conv1/clamp"}

Comes last before `correct-biases`, which changes numbers: from here on integers are
compared with the reals of their name. Names are told apart from those of inputs, too.
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ..authoring.functions import input_name, main_function
from ..authoring.operator_names import operator_names
from ..authoring.operators import operators
from ..authoring.promises import EXACT, AipuPass
from .arithmetic.identity import stand_for


@dataclass(frozen=True)
class NameRealsPass(AipuPass):
    """Give every tensor in reals a name, by which its integers say what they are."""

    name = "name-reals"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        function = main_function(op)
        inputs = [input_name(argument) for argument in function.args]
        made = operators(function.body.block)
        for operator, name in operator_names(made, inputs).items():
            stand_for(operator, name)
