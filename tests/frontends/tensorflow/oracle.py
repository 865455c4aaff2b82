"""What TensorFlow itself computes, where it is installed.

The graphs of the tests leave out what TensorFlow's own tools write into every node: the
types and the numbers of its inputs. These are put in before TensorFlow reads them.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import numpy as np

from aipu.tests.frontends.tensorflow.protos import Graph, Node, types_pb2


class Argument(Protocol):
    """An input or an output in the definition of an operator."""

    type: int
    type_attr: str
    number_attr: str


class Typed(Protocol):
    type: int


class AttributeDefinition(Protocol):
    name: str
    type: str
    default_value: Typed


class Definition(Protocol):
    """What TensorFlow knows of an operator."""

    input_arg: Sequence[Argument]
    output_arg: Sequence[Argument]
    attr: Sequence[AttributeDefinition]


INSTALLED = find_spec("tensorflow") is not None


def tensorflow(
    graph: Graph, feeds: Mapping[str, np.ndarray], outputs: Sequence[str]
) -> list[np.ndarray]:
    """The outputs for given values of some tensors."""
    tf = import_module("tensorflow").compat.v1
    text_format = import_module("google.protobuf.text_format")
    read = text_format.Parse(text_format.MessageToString(graph), tf.GraphDef())
    complete(read)
    with tf.Graph().as_default() as here, tf.Session() as session:
        tf.import_graph_def(read, name="")
        named = {here.get_tensor_by_name(f"{n}:0"): a for n, a in feeds.items()}
        asked = [n if ":" in n else f"{n}:0" for n in outputs]
        return list(map(np.asarray, session.run(asked, named)))


def complete(graph: Graph) -> None:
    """Put in the types and numbers that follow from what a node reads."""
    nodes = {node.name: node for node in graph.node}
    done: set[str] = set()

    def type_of(tensor: str) -> int:
        base, _, output = tensor.partition(":")
        node = completed(base)
        results = spread(node, definition(node.op).output_arg)
        return number_of(node, results[int(output or 0)])

    def completed(name: str) -> Node:
        """A node with all its attributes; in a loop, of what goes into it first."""
        node = nodes[name]
        if name not in done:
            done.add(name)
            known = definition(node.op)
            read = [tensor for tensor in node.input if tensor[0] != "^"]
            counted = [arg for arg in known.input_arg if arg.number_attr]
            for arg in counted[:1]:
                others = len(known.input_arg) - 1
                node.attr[arg.number_attr].i = len(read) - others
            for tensor, arg in zip(read, spread(node, known.input_arg), strict=False):
                if arg.type_attr and arg.type_attr not in node.attr:
                    node.attr[arg.type_attr].type = type_of(tensor)
            for attribute in known.attr:
                if attribute.name in node.attr:
                    continue
                if attribute.type == "type" and not attribute.default_value.type:
                    node.attr[attribute.name].type = types_pb2.DT_FLOAT
                if attribute.type == "shape":
                    node.attr[attribute.name].shape.unknown_rank = True
        return node

    for name in nodes:
        completed(name)


def definition(operator: str) -> Definition:
    """What TensorFlow knows of an operator."""
    registry = import_module("tensorflow.python.framework.op_def_registry")
    return registry.get(operator)


def spread(node: Node, arguments: Sequence[Argument]) -> list[Argument]:
    """The arguments, each as often as there are tensors of it."""
    return [
        argument
        for argument in arguments
        for _ in range(node.attr[argument.number_attr].i if argument.number_attr else 1)
    ]


def number_of(node: Node, argument: Argument) -> int:
    """The number of an argument's type; what the definition says if nothing else."""
    if argument.type_attr in node.attr:
        return node.attr[argument.type_attr].type
    known = {each.name: each for each in definition(node.op).attr}
    return argument.type or known[argument.type_attr].default_value.type
