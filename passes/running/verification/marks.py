"""What passes say of an operator beside it: where it runs, what its result reaches.

MLIR leaves such attributes to those who read them; one that nobody could read would
change what the operator means without a word.
"""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, ModuleOp, StringAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute

from ....dialects import nn
from ...authoring.places import HOST, MACHINE, PIN, PLACE, REASON
from ...authoring.ranges import MEAN, METHOD, RANGE, RANGES, as_range
from .fault import Fault


def mark_faults(module: ModuleOp) -> Iterator[Fault]:
    """Marks of operators, functions and arguments that cannot be read."""
    for op in module.walk():
        if isinstance(op, nn.Operator | FuncOp):
            for name, complaint in _complaints(op.attributes, ""):
                yield Fault(op, complaint, word=name)
        if isinstance(op, FuncOp) and op.arg_attrs is not None:
            for stated in op.arg_attrs:
                if isinstance(stated, DictionaryAttr):
                    for name, complaint in _complaints(stated.data, "nn."):
                        yield Fault(op, complaint, word=name)


def side_faults(module: ModuleOp) -> Iterator[Fault]:
    """Operators that are said to run elsewhere than the function that they are in."""
    for function in module.ops:
        side = function.attributes.get(PLACE)
        if isinstance(function, FuncOp) and side is not None:
            for op in function.walk():
                if op.attributes.get(PLACE, side) != side:
                    yield Fault(
                        op,
                        f"'{PLACE}' is {op.attributes[PLACE]} in a function whose "
                        f"'{PLACE}' is {side}",
                        word=PLACE,
                    )


def _complaints(
    attributes: Mapping[str, Attribute], prefix: str
) -> Iterator[tuple[str, str]]:
    for name, attribute in attributes.items():
        key = name.removeprefix(prefix)
        if name == prefix + key and key in MARKS:
            wanted, fits = MARKS[key]
            if not fits(attribute):
                yield name, f"'{name}' must be {wanted}, found {attribute}"


def _is_side(attribute: Attribute) -> bool:
    return isinstance(attribute, StringAttr) and attribute.data in (MACHINE, HOST)


def _is_text(attribute: Attribute) -> bool:
    return isinstance(attribute, StringAttr)


def _is_range(attribute: Attribute) -> bool:
    found = as_range(attribute)
    return found is not None and all(map(isfinite, found)) and found[0] <= found[1]


def _are_ranges(attribute: Attribute) -> bool:
    return isinstance(attribute, ArrayAttr) and all(map(_is_range, attribute))


MARKS: Mapping[str, tuple[str, Callable[[Attribute], bool]]] = {
    PLACE: (f'"{MACHINE}" or "{HOST}"', _is_side),
    PIN: (f'"{MACHINE}" or "{HOST}"', _is_side),
    REASON: ("a text", _is_text),
    RANGE: ("array<f64: low, high>", _is_range),
    RANGES: ("ranges to choose from, each array<f64: low, high>", _are_ranges),
    MEAN: ("the key of a weight", _is_text),
    METHOD: ("the name of a method", _is_text),
}
"""What each mark must be, in words, and whether it is."""
