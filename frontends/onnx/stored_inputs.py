"""Inputs of bytes that stand for reals: every node that reads one says the same scale.

A model that was quantised with its ends as integers begins with a DequantizeLinear, or
with a QLinearConv. Such an input is one of reals, which the model stores as integers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import inf, prod

from onnx import TensorProto, numpy_helper
from xdsl.dialects.builtin import IntegerType, i8

from ...dialects.quant import UniformType
from .element_types import unsigned
from .graph import Graph, NamedNode
from .operators.quantised import MOVING

FOLLOWED_BY_SCALE: Mapping[str, Collection[int]] = {
    "DequantizeLinear": (0,),
    "QLinearConv": (0,),
    "QLinearMatMul": (0, 3),
    "com.microsoft.DequantizeLinear": (0,),
    "com.microsoft.QGemm": (0,),
    "com.microsoft.QLinearAdd": (0, 3),
    "com.microsoft.QLinearAveragePool": (0,),
    "com.microsoft.QLinearGlobalAveragePool": (0,),
    "com.microsoft.QLinearLeakyRelu": (0,),
    "com.microsoft.QLinearMul": (0, 3),
    "com.microsoft.QLinearReduceMean": (0,),
    "com.microsoft.QLinearSigmoid": (0,),
    "com.microsoft.QLinearSoftmax": (0,),
}
"""Inputs of bytes, behind which the node has their scale and their zero point."""

STORAGE: Mapping[int, IntegerType] = {
    TensorProto.INT8: i8,
    TensorProto.UINT8: unsigned(8),
}


def stored_inputs(graph: Graph) -> dict[str, UniformType]:
    """The integers that each such input of a graph is stored as."""
    readers = _Readers(graph)
    found: dict[str, UniformType] = {}
    for name in graph.inputs:
        declared = graph.declared.get(name)
        storage = declared and STORAGE.get(declared.tensor_type.elem_type)
        said = set(readers.scales(name)) if storage else set()
        if storage and len(said) == 1 and (numbers := said.pop()) is not None:
            scale, zero_point = numbers
            found[name] = UniformType(scale, zero_point, storage)
    return found


class _Readers:
    """Who reads the tensors of a graph, and what is known of these."""

    def __init__(self, graph: Graph):
        self.outputs = set(graph.outputs)
        self.known = dict(graph.initialisers)
        self.of: dict[str, list[tuple[NamedNode, int]]] = {}
        for node in graph.nodes:
            for position, name in enumerate(node.proto.input):
                self.of.setdefault(name, []).append((node, position))
            for attribute in node.proto.attribute:
                if node.operator == "Constant" and attribute.name == "value":
                    self.known[node.proto.output[0]] = attribute.t

    def scales(self, name: str) -> Iterator[tuple[float, int] | None]:
        """Scale and zero point as each reader of a tensor says; None if one does not.

        What only moves elements is read through.
        """
        if name in self.outputs or name not in self.of:
            yield None
        for node, position in self.of.get(name, ()):
            if node.operator in MOVING:
                for moved in node.proto.output:
                    yield from self.scales(moved)
            elif position in FOLLOWED_BY_SCALE.get(node.operator, ()):
                yield self.said(node.proto.input, position)
            else:
                yield None

    def said(self, inputs: Sequence[str], position: int) -> tuple[float, int] | None:
        """The two inputs behind the one at `position`, if each is one number."""
        scale, *zero = inputs[position + 1 : position + 3]
        found = [self.number(name) for name in (scale, *filter(None, zero))]
        numbers = [number for number in found if number is not None]
        if len(numbers) < len(found) or not 0 < numbers[0] < inf:
            return None
        return numbers[0], int(numbers[1]) if len(numbers) > 1 else 0

    def number(self, name: str) -> float | None:
        """A tensor of one element that is known."""
        tensor = self.known.get(name)
        if tensor is None or tensor.external_data or prod(tensor.dims) != 1:
            return None
        return float(numpy_helper.to_array(tensor).item())
