"""A frozen GraphDef: the nodes of a file, in the order of the file.

Source: tensorflow/core/framework/graph.proto, node_def.proto and attr_value.proto.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import AipuError
from .tensor_proto import DataType, Shape, data_type, read_shape
from .wire import Message, WireError


class Reference(NamedTuple):
    """One output of a node."""

    node: str
    output: int = 0

    def __str__(self) -> str:
        return f"{self.node}:{self.output}" if self.output else self.node


@dataclass(frozen=True)
class Tensor:
    """A constant as it is in the file."""

    proto: Message


Attribute = (
    bytes
    | int
    | float
    | bool
    | DataType
    | Shape
    | Tensor
    | Sequence[int]
    | np.ndarray
    | None
)


@dataclass(frozen=True)
class NodeDef:
    """A node; what it only waits for is left out of its inputs."""

    name: str
    operator: str
    inputs: Sequence[Reference]
    attributes: Mapping[str, Attribute]

    @property
    def place(self) -> str:
        """What an error calls the node."""
        return f"node '{self.name}' ({self.operator})"


def read_graph(path: Path) -> dict[str, NodeDef]:
    """The nodes of a file by name.

    Raises:
        AipuError: the file cannot be read, or holds no GraphDef.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except OSError as error:
        raise AipuError(f"cannot be read: {error.strerror}", place=str(path)) from error
    if not content:
        raise AipuError("the file is empty", place=str(path))
    try:
        return parse_graph(content)
    except WireError as error:
        raise AipuError(
            f"not a frozen GraphDef: {error}",
            place=str(path),
            remedy="the file was truncated, or is of another format; "
            "a SavedModel must be frozen first",
        ) from None
    except AipuError as error:
        raise AipuError(
            error.message, place=error.place or str(path), remedy=error.remedy
        ) from None


def parse_graph(content: bytes) -> dict[str, NodeDef]:
    """The nodes of a serialised GraphDef by name.

    Raises:
        WireError: the bytes are no GraphDef.
        AipuError: it has no nodes, or two of one name.
    """
    nodes: dict[str, NodeDef] = {}
    for proto in Message(memoryview(content)).messages(1):
        node = _node(proto)
        if not node.name or not node.operator:
            raise WireError("a node without a name or an operator")
        if node.name in nodes:
            raise AipuError(f"two nodes have the name '{node.name}'")
        nodes[node.name] = node
    if not nodes:
        raise AipuError("the graph has no nodes")
    return nodes


def reference(text: str) -> Reference:
    """`Mfcc`, `Mfcc:0`: an output of a node, the first if none is named."""
    name, colon, output = text.rpartition(":")
    if colon and output.isdecimal():
        return Reference(name, int(output[:9]))
    return Reference(text)


def _node(proto: Message) -> NodeDef:
    inputs = [reference(text) for text in proto.texts(3) if not text.startswith("^")]
    attributes = {
        entry.text(1): _attribute(entry.message(2)) for entry in proto.messages(5)
    }
    return NodeDef(proto.text(1), proto.text(2), inputs, attributes)


def _attribute(proto: Message) -> Attribute:
    """The value of whichever field is there; None for one that nobody here reads."""
    for number, read in FIELDS.items():
        if proto.has(number):
            return read(proto)
    return None


def _integers(proto: Message) -> Sequence[int]:
    return proto.message(1).integers(3)


FIELDS: Mapping[int, Callable[[Message], Attribute]] = {
    1: _integers,
    2: lambda proto: proto.bytes(2),
    3: lambda proto: proto.integer(3),
    4: lambda proto: proto.real(4),
    5: lambda proto: bool(proto.integer(5)),
    6: lambda proto: data_type(proto.integer(6) % 100),
    7: lambda proto: read_shape(proto.message(7)),
    8: lambda proto: Tensor(proto.message(8)),
}
"""The fields of an AttrValue; a reference type is its type and 100."""
