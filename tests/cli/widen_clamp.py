"""Turn every clamp into another one."""

from dataclasses import dataclass
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects import nn
from aipu.passes.authoring.promises import EXACT, AipuPass, Semantics


@dataclass(frozen=True)
class WidenClampPass(AipuPass):
    name = "widen-clamp"
    semantics: ClassVar[Semantics] = EXACT

    high: float = 100.0
    keep_low: bool = False

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for clamp in op.walk():
            if isinstance(clamp, nn.ClampOp):
                low = clamp.bounds.data.low if self.keep_low else -self.high
                clamp.bounds = nn.ClampAttr(nn.Clamp(low, self.high))
