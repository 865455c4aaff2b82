"""Mending the names of values, so that rewriting may hand them on."""

from itertools import chain

from xdsl.dialects.builtin import ModuleOp


def drop_empty_names(module: ModuleOp) -> None:
    """Take away names that are empty.

    xDSL cuts `_12` off the end of a name, which leaves nothing of the name `_12`, and
    then refuses the empty name wherever it copies it.
    """
    for op in module.walk():
        arguments = (block.args for region in op.regions for block in region.blocks)
        for value in chain(op.results, *arguments):
            if value.name_hint == "":
                value.name_hint = None
