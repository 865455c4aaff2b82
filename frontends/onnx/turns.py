"""How many turns a node takes that runs graphs of its own, if the model says it.

Of a `Loop` the condition is computed turn after turn, from what is known of it: the
nodes of the body that it depends on must not read anything computed at run time.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from onnx import GraphProto, NodeProto

from ...errors import UnsupportedError
from ..constant import Constant, Value
from ..limits import MOST_PARTS
from ..vocabulary.moving import shape
from .constants import evaluate, read_initialiser
from .graph import NamedNode
from .inlining import body_of, captured, key_of


class UnknownError(Exception):
    """The number of turns depends on a tensor that is computed at run time."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


class Turns:
    """Counts turns, where `known` says what a tensor around the node has become."""

    def __init__(
        self,
        known: Callable[[str], Value | None],
        opset_imports: Mapping[str, int],
        folder: Path,
    ):
        self.known = known
        self.opset_imports = opset_imports
        self.folder = folder

    def of(self, node: NamedNode) -> int:
        """How many turns a node takes; of an `If` 1 or 0, for its branches.

        Raises:
            UnknownError: that depends on what is computed.
            UnsupportedError: there are too many, or nobody can tell.
        """
        proto = node.proto
        if proto.op_type == "If":
            return int(bool(self.scalar(proto.input[0])))
        turns = self.of_scan(node) if proto.op_type == "Scan" else self.of_loop(node)
        if turns > MOST_PARTS:
            raise UnsupportedError(
                f"it takes more than {MOST_PARTS} turns, which are not unrolled",
                place=node.place,
            )
        return turns

    def of_scan(self, node: NamedNode) -> int:
        """As many as its inputs have elements."""
        given = {attribute.name: attribute for attribute in node.proto.attribute}
        count = given["num_scan_inputs"].i if "num_scan_inputs" in given else 0
        if not 0 < count <= len(node.proto.input):
            raise UnsupportedError(f"{count} inputs to scan", place=node.place)
        if self.opset_imports.get("", 1) < 9:
            raise UnsupportedError("a Scan of opset 8", place=node.place)
        name = node.proto.input[-count]
        scanned = self.known(name)
        said = given["scan_input_axes"].ints if "scan_input_axes" in given else []
        (axis, *_) = (*said, 0)
        if scanned is None:
            raise UnknownError(name)
        extents = shape(scanned)
        if not -len(extents) <= axis < len(extents):
            raise UnsupportedError(
                f"axis {axis} of a tensor of rank {len(extents)}", place=node.place
            )
        return extents[axis]

    def of_loop(self, node: NamedNode) -> int:
        """Until the limit or the condition ends it; one more than can be unrolled."""
        limit, going_on, *initial = (*node.proto.input, "", "")[: _inputs(node)]
        most = MOST_PARTS + 1
        if limit:
            most = max(min(most, int(self.scalar(limit))), 0)
        if going_on and not self.scalar(going_on):
            return 0
        body = body_of(node.proto)
        nodes, wanted = _behind_condition(body)
        turn_name, condition_name, *variables = (value.name for value in body.input)
        condition, *results = (value.name for value in body.output)
        values: dict[str, Value | None] = {
            name: self.constant(outside)
            for name, outside in zip(variables, initial, strict=False)
            if name in wanted
        }
        for turn in range(most):
            values[turn_name] = Constant(turn_name, np.array(turn))
            values[condition_name] = Constant(condition_name, np.array(True))
            after = self.run(body, nodes, values)
            if not _scalar(condition, after.get(condition)):
                return turn + 1
            if wanted.isdisjoint((turn_name, *variables)):
                return most
            values = {
                name: after.get(result)
                for name, result in zip(variables, results, strict=False)
                if name in wanted
            }
        return most

    def run(
        self,
        body: GraphProto,
        nodes: Sequence[NodeProto],
        values: Mapping[str, Value | None],
    ) -> dict[str, Value | None]:
        """What some nodes of a body make of these values."""
        found = dict(values)
        for tensor in body.initializer:
            found[tensor.name] = read_initialiser(tensor, self.folder)
        for node in nodes:
            inputs: list[Constant | None] = []
            for name in node.input:
                value = found[name] if name in found else self.known(name)
                if name and not isinstance(value, Constant):
                    raise UnknownError(name)
                inputs.append(value if isinstance(value, Constant) else None)
            named = NamedNode(node.name or key_of(node), node)
            results = evaluate(named, inputs, self.opset_imports)
            found |= {constant.name: constant for constant in results}
        return found

    def constant(self, name: str) -> Constant:
        """A tensor that is known now."""
        found = self.known(name)
        if not isinstance(found, Constant):
            raise UnknownError(name)
        return found

    def scalar(self, name: str) -> int:
        """The only element of a constant tensor."""
        return _scalar(name, self.known(name))


def _scalar(name: str, value: Value | None) -> int:
    if not isinstance(value, Constant) or value.array.size != 1:
        raise UnknownError(name)
    if value.array.dtype.kind not in "biu":
        raise UnsupportedError(f"'{name}' is no whole number and no truth")
    return value.array.item()


def _inputs(node: NamedNode) -> int:
    return max(len(node.proto.input), 2)


def _behind_condition(body: GraphProto) -> tuple[list[NodeProto], set[str]]:
    """The nodes that the condition of the next turn depends on, and what they read.

    It may depend on them by way of variables, which each turn computes for the next.
    """
    condition, *results = (value.name for value in body.output)
    variables = [value.name for value in body.input][2:]
    wanted, size = {condition}, 0
    nodes: list[NodeProto] = []
    while len(wanted) > size:
        size = len(wanted)
        nodes = []
        for node in reversed(body.node):
            if not wanted.isdisjoint(node.output):
                nodes.insert(0, node)
                wanted.update(filter(None, (*node.input, *captured(node))))
        pairs = zip(variables, results, strict=False)
        wanted.update(result for name, result in pairs if name in wanted)
    return nodes, wanted
