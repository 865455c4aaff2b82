"""`aipu` as a backend of ONNX: `onnx.backend.base.Backend` on the float network.

    import aipu.backend
    aipu.backend.run_model(onnx.load("net.onnx"), [image])

A network is imported when its inputs are known: what it must know beforehand, a shape,
an axis, a weight, may be an input of the model, and is a constant then.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.backend.base import Backend, BackendRep, namedtupledict

from ...dialects import nn
from ...dialects.semantics.evaluate import evaluate
from ...errors import AipuError, UnsupportedError
from ...passes.authoring.functions import main_function
from ...passes.quantising.calibration.network_input import elements, network_inputs
from ..model import ImportedModel
from .importer import import_onnx


class AipuBackendRep(BackendRep):
    """A model that is imported anew for each run."""

    def __init__(self, model: onnx.ModelProto):
        super().__init__()
        self.model = model

    def run(self, inputs: Sequence[np.ndarray], **kwargs: object) -> tuple:
        """The outputs, in the types that the model declares.

        Raises:
            UnsupportedError: the network cannot say the model.
            AipuError: the model or an input is not right.
        """
        graph = self.model.graph
        arrays = self.named(inputs)
        imported, _ = best_import(self.model, arrays)
        main = main_function(imported.module)
        values = [
            elements(as_real(arrays[taken.name]), taken, f"input '{taken.name}'")
            for taken in network_inputs(main)
        ]
        results = evaluate(main, values, imported.weights)
        outputs = [
            as_declared(result, value)
            for result, value in zip(results, graph.output, strict=True)
        ]
        return namedtupledict("Outputs", [value.name for value in graph.output])(
            *outputs
        )

    def needs_onnx(self, inputs: Sequence[np.ndarray]) -> bool:
        """Whether a run leaves a node to onnx's own reference implementation.

        Raises:
            AipuError: as `run`.
        """
        imported, _ = best_import(self.model, self.named(inputs))
        return any(map(is_foreign, imported.module.walk()))

    def named(self, inputs: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """The inputs by name, once it is sure that a network can say the model."""
        graph = self.model.graph
        kept = {tensor.name for tensor in graph.initializer}
        check(graph)
        names = [value.name for value in graph.input if value.name not in kept]
        return dict(zip(names, map(np.asarray, inputs), strict=True))


class AipuBackend(Backend):
    """The float level of the pipeline, on this computer."""

    @classmethod
    def prepare(
        cls, model: onnx.ModelProto, device: str = "CPU", **kwargs: object
    ) -> AipuBackendRep:
        if not cls.supports_device(device):
            raise AipuError(f"no device '{device}'", remedy="the device is 'CPU'")
        return AipuBackendRep(model)

    @classmethod
    def run_node(
        cls,
        node: onnx.NodeProto,
        inputs: Sequence[np.ndarray],
        device: str = "CPU",
        outputs_info: Sequence[tuple[np.dtype, tuple[int, ...]]] | None = None,
        **kwargs: object,
    ) -> tuple:
        """A node as a model of its own; outputs are real if nothing is said."""
        given = {
            name: np.asarray(array)
            for name, array in zip(filter(None, node.input), inputs, strict=True)
        }
        kinds = [np.dtype(np.float32)] * len(node.output)
        if outputs_info is not None:
            kinds = [np.dtype(kind) for kind, _ in outputs_info]
        graph = helper.make_graph(
            [node],
            "node",
            [declared(name, array.dtype, array.shape) for name, array in given.items()],
            [declared(*each, None) for each in zip(node.output, kinds, strict=True)],
        )
        model = helper.make_model(graph)
        return cls.prepare(model, device).run(list(given.values()))

    @classmethod
    def supports_device(cls, device: str) -> bool:
        return device == "CPU"


def check(graph: onnx.GraphProto) -> None:
    """See to it that inputs and outputs are what a network says as it is said.

    Raises:
        UnsupportedError: one is no tensor, has integers for reals, or is of bfloat16,
            where the float32 of a network is more exact than a reference allows.
    """
    for value in (*graph.input, *graph.output):
        if not value.type.HasField("tensor_type"):
            raise UnsupportedError("it is no tensor", place=f"'{value.name}'")
    rounded = {
        name
        for node in graph.node
        if node.op_type.startswith(QUANTISING)
        for name in node.output
    }
    for value in graph.output:
        if value.type.tensor_type.elem_type == onnx.TensorProto.BFLOAT16:
            raise UnsupportedError("bfloat16", place=f"output '{value.name}'")
        if value.name in rounded:
            raise UnsupportedError(
                "integers that stand for reals are reals in a network",
                place=f"output '{value.name}'",
            )


QUANTISING = ("QuantizeLinear", "DynamicQuantizeLinear", "QLinear")
"""How the names of operators begin that make integers of reals."""


def best_import(
    model: onnx.ModelProto, arrays: dict[str, np.ndarray]
) -> tuple[ImportedModel, list[str]]:
    """The network with all inputs, or only the first, left open; and which these are.

    The one with fewer nodes that are left to onnx itself; with all, if both are equal.
    An input without elements, such as a list of no axes, can only be a constant.
    """
    first: list[str] = list(arrays)[:1]
    found: list[tuple[int, ImportedModel, list[str]]] = []
    errors: list[AipuError] = []
    for variable in (list(arrays), first):
        constants = {name: arrays[name] for name in arrays if name not in variable}
        shapes = {name: arrays[name].shape for name in variable}
        try:
            imported = import_onnx(with_constants(model, constants), shapes=shapes)
        except AipuError as error:
            errors.append(error)
            continue
        foreign = [op for op in imported.module.walk() if is_foreign(op)]
        found.append((len(foreign), imported, variable))
    if not found:
        raise errors[-1]
    _, imported, variable = min(found, key=lambda each: each[0])
    return imported, variable


def is_foreign(op: object) -> bool:
    """Whether onnx itself computes an operator."""
    return isinstance(op, nn.OnnxNodeOp)


def with_constants(
    model: onnx.ModelProto, constants: dict[str, np.ndarray]
) -> onnx.ModelProto:
    """A copy of a model with initialisers for some of its inputs."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    copy.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in constants.items()
    )
    return copy


def declared(
    name: str, kind: np.dtype, shape: Sequence[int] | None
) -> onnx.ValueInfoProto:
    element = helper.np_dtype_to_tensor_dtype(kind)
    return helper.make_tensor_value_info(name, element, shape)


def as_real(array: np.ndarray) -> np.ndarray:
    """Reals of any width are float32 in a network."""
    real = array.dtype.kind == "f" or array.dtype.name == "bfloat16"
    return array.astype(np.float32) if real else array


def as_declared(array: np.ndarray, value: onnx.ValueInfoProto) -> np.ndarray:
    """A result in the type that the model declares."""
    kind = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
    return array.astype(kind, copy=False)


prepare = AipuBackend.prepare
run_model = AipuBackend.run_model
run_node = AipuBackend.run_node
supports_device = AipuBackend.supports_device
