"""Who watches a pipeline: told of the module before, between and after passes."""

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError


class Observer:
    """Watches and does nothing; others override what they care about."""

    def begin(self, module: ModuleOp) -> None:
        """Called before the first pass."""

    def before(self, module_pass: ModulePass, module: ModuleOp) -> None:
        """Called before each pass."""

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        """Called after each pass, which took so many seconds; the module is valid."""

    def failed(
        self, module_pass: ModulePass, module: ModuleOp, error: AipuError
    ) -> None:
        """Called when a pass or what it left is wrong; the module may be anything.

        It is the last call: neither `after` nor `end` follow.
        """

    def end(self, module: ModuleOp) -> None:
        """Called after the last pass."""
