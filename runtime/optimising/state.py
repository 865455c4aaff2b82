"""A module on its way through a pipeline."""

from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp

from ...passes.authoring.context import AipuContext


@dataclass(frozen=True)
class State:
    """A module, with what goes with it."""

    module: ModuleOp
    context: AipuContext

    def copy(self) -> "State":
        return State(self.module.clone(), self.context.clone())
