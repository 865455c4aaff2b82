"""Mending the names of values, so that they are handed on and read back as they are."""

import re
from itertools import chain

from xdsl.dialects.builtin import ModuleOp

FINAL_NUMBERS = re.compile(r"(_\d+)+$")


def mend_names(module: ModuleOp) -> None:
    """Take numbers off the ends of names; they are put there again when printed.

    xDSL cuts `_12` off the end of a name when it is given, and prints `_1` behind the
    second value of a name. What is called `a_1_2` would be printed like the second `a`,
    and what is called `_12` has no name left, which xDSL refuses to copy.
    """
    for op in module.walk():
        arguments = (block.args for region in op.regions for block in region.blocks)
        for value in chain(op.results, *arguments):
            hint = value.name_hint
            if hint is not None and (not hint or FINAL_NUMBERS.search(hint)):
                value.name_hint = FINAL_NUMBERS.sub("", hint) or None
