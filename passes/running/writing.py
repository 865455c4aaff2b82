"""Writing a module: its text and its weights, whole or not at all."""

from contextlib import ExitStack
from pathlib import Path

from ...whole_file import whole_file
from ..authoring.context import AipuContext
from .beside import weights_beside


def write_module(path: Path, text: str, context: AipuContext) -> None:
    """Write the text of a module, and its weights, if any, beside it: both or neither.

    Raises:
        AipuError: a file cannot be written; what was there is as it was.
    """
    with ExitStack() as files:
        if context.has_weights:
            beside = files.enter_context(whole_file(weights_beside(path)))
            context.weights.save(beside)
        files.enter_context(whole_file(path)).write_text(text, encoding="utf-8")
