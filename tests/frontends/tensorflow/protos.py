"""TensorFlow's messages as TensorBoard has them; they are made at run time."""

from collections.abc import Mapping, MutableSequence, Sequence
from importlib import import_module
from typing import Protocol

graph_pb2 = import_module("tensorboard.compat.proto.graph_pb2")
node_def_pb2 = import_module("tensorboard.compat.proto.node_def_pb2")
types_pb2 = import_module("tensorboard.compat.proto.types_pb2")


class Integers(Protocol):
    i: MutableSequence[int]


class Shape(Protocol):
    unknown_rank: bool


class Attribute(Protocol):
    """The value of an attribute; the field of its kind is set."""

    s: bytes
    i: int
    type: int
    shape: Shape
    f: float
    b: bool
    list: Integers
    tensor: object


class Node(Protocol):
    name: str
    op: str
    input: Sequence[str]
    attr: Mapping[str, Attribute]


class Graph(Protocol):
    node: Sequence[Node]


def copy(node: Node) -> Node:
    """Another node, which can be changed."""
    other = node_def_pb2.NodeDef()
    other.CopyFrom(node)
    return other
