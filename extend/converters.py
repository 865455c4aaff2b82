"""From an operator of a format to `nn`, or to an operator of a user's own."""

from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from typing import TypeVar

from ..errors import AipuError, nearest
from ..extensions import add
from ..frontends.network import Emitter
from .guards import OfUsers, line_of

TABLES = {
    **{
        format: f"{format}.operators"
        for format in ("caffe", "ncnn", "onnx", "pytorch", "tensorflow", "tflite")
    },
    "zhouyi_ir": "zhouyi_ir.conversion",
}
"""The modules of `frontends/` whose `CONVERTERS` take others, by format."""

QUALIFIED = ("onnx", "pytorch")
"""Formats whose operators have a domain, or a namespace, in front: `mine::Cube`."""

AnyNode = TypeVar("AnyNode", bound=Emitter)
Converted = TypeVar("Converted")


def converter(
    format: str, operator: str
) -> Callable[[Callable[[AnyNode], Converted]], Callable[[AnyNode], Converted]]:
    """Say what an operator of a format becomes: `@converter("onnx", "mine::Cube")`.

    The function takes a node of the format, emits operators, and returns the value of
    the node's output, or those of its outputs: `return node.emit(CubeOp(...))`. What
    the node reads is `node.tensor(0)` in ONNX, TFLite and TensorFlow,
    `node.tensor("self")` in PyTorch, `node.bottom(0)` in Caffe, ncnn and Zhouyi IR.

    Args:
        format: "onnx", "tflite", "tensorflow", "caffe", "pytorch", "ncnn" or
            "zhouyi_ir".
        operator: as the format calls it; an operator of ONNX or of PyTorch with its
            domain: `my.domain::Cube`. Those of ONNX itself have none.

    Raises:
        AipuError: there is no such format, or it has such a converter already.
    """
    if format not in TABLES:
        raise AipuError(f"no format '{format}'", remedy=nearest(format, TABLES))
    place = f"..frontends.{TABLES[format]}"
    table = import_module(place, __package__).CONVERTERS
    key = operator.replace("::", ".") if format in QUALIFIED else operator

    def register(
        convert: Callable[[AnyNode], Converted],
    ) -> Callable[[AnyNode], Converted]:
        what = f"a converter of {operator} of {format}"
        add(convert.__module__, table, key, _checked(convert, operator), what)
        return convert

    return register


def _checked(
    convert: Callable[[AnyNode], Converted], operator: str
) -> Callable[[AnyNode], Converted]:
    """The converter, with its faults said as such: what it raises, or returns."""

    @wraps(convert)
    def checked(node: AnyNode) -> Converted:
        with OfUsers(f"the converter of {operator}, at {node.place},"):
            result = convert(node)
        if result is None or (isinstance(result, Sequence) and None in result):
            raise AipuError(
                f"the converter of {operator} returns no value",
                place=line_of(convert),
                remedy="return what `node.emit(...)` gives",
            )
        return result

    return checked
