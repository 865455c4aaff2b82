"""Writing small TFLite files: tensors and operators as data, flatbuffers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tflite

KINDS = {
    "float32": tflite.TensorType.FLOAT32,
    "float16": tflite.TensorType.FLOAT16,
    "int8": tflite.TensorType.INT8,
    "uint8": tflite.TensorType.UINT8,
    "int16": tflite.TensorType.INT16,
    "int32": tflite.TensorType.INT32,
    "int64": tflite.TensorType.INT64,
    "bool": tflite.TensorType.BOOL,
    "resource": tflite.TensorType.RESOURCE,
}


@dataclass
class Tensor:
    """A tensor of the file: a constant if it has an `array`, else of this `shape`."""

    name: str
    array: np.ndarray | None = None
    shape: Sequence[int] = ()
    dtype: str = "float32"
    scale: Sequence[float] = ()
    zero_point: Sequence[int] = ()
    axis: int = 0
    variable: bool = False

    def __post_init__(self) -> None:
        if self.array is not None:
            self.shape, self.dtype = self.array.shape, self.array.dtype.name


@dataclass
class Operator:
    """An operator by the schema's names; tensors by theirs, "" is one left out."""

    kind: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    options: Mapping[str, object] = field(default_factory=dict)
    options_type: str = ""
    custom_options: bytes = b""


def tflite_file(
    tensors: Sequence[Tensor],
    operators: Sequence[Operator],
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> bytes:
    """The bytes of a file with one subgraph; the same tensor twice is one table."""
    return _File(tensors).model(operators, inputs, outputs)


class _File:
    def __init__(self, tensors: Sequence[Tensor]):
        self.builder = flatbuffers.Builder(1024)
        self.tensors = tensors
        self.numbers = {tensor.name: at for at, tensor in enumerate(tensors)} | {"": -1}

    def model(
        self,
        operators: Sequence[Operator],
        inputs: Sequence[str],
        outputs: Sequence[str],
    ) -> bytes:
        kinds = list(dict.fromkeys(operator.kind for operator in operators))
        codes = [self.code(kind) for kind in kinds]
        written = [self.operator(operator, kinds) for operator in operators]
        unique = {id(tensor): (at, tensor) for at, tensor in enumerate(self.tensors)}
        tables = {key: self.tensor(*found) for key, found in unique.items()}
        tensors = [tables[id(tensor)] for tensor in self.tensors]
        subgraph = self.table(
            "SubGraph",
            Tensors=self.tables(tensors),
            Inputs=self.integers([self.numbers[name] for name in inputs]),
            Outputs=self.integers([self.numbers[name] for name in outputs]),
            Operators=self.tables(written),
        )
        buffers = [self.buffer(None), *(self.buffer(t.array) for t in self.tensors)]
        model = self.table(
            "Model",
            Version=3,
            OperatorCodes=self.tables(codes),
            Subgraphs=self.tables([subgraph]),
            Buffers=self.tables(buffers),
        )
        self.builder.Finish(model, b"TFL3")
        return bytes(self.builder.Output())

    def code(self, kind: str) -> int:
        number = getattr(tflite.BuiltinOperator, kind, None)
        if number is None:
            custom = tflite.BuiltinOperator.CUSTOM
            name = self.builder.CreateString(kind)
            return self.table(
                "OperatorCode",
                DeprecatedBuiltinCode=custom,
                BuiltinCode=custom,
                CustomCode=name,
                Version=1,
            )
        return self.table(
            "OperatorCode",
            DeprecatedBuiltinCode=min(number, 127),
            BuiltinCode=number,
            Version=1,
        )

    def operator(self, operator: Operator, kinds: Sequence[str]) -> int:
        fields: dict[str, object] = {
            "OpcodeIndex": kinds.index(operator.kind),
            "Inputs": self.integers([self.numbers[name] for name in operator.inputs]),
            "Outputs": self.integers([self.numbers[name] for name in operator.outputs]),
        }
        if operator.options_type:
            kind = operator.options_type
            fields["BuiltinOptionsType"] = getattr(tflite.BuiltinOptions, kind)
            fields["BuiltinOptions"] = self.table(kind, **operator.options)
        if operator.custom_options:
            data = np.frombuffer(operator.custom_options, np.uint8)
            fields["CustomOptions"] = self.builder.CreateNumpyVector(data)
        return self.table("Operator", **fields)

    def tensor(self, number: int, tensor: Tensor) -> int:
        scale = np.array(tensor.scale, np.float32)
        zero_point = np.array(tensor.zero_point or [0] * len(scale), np.int64)
        fields: dict[str, object] = {
            "Name": self.builder.CreateString(tensor.name),
            "Shape": self.integers(tensor.shape),
            "Type": KINDS[tensor.dtype],
            "Buffer": number + 1,
            "IsVariable": tensor.variable,
        }
        if len(scale):
            fields["Quantization"] = self.table(
                "QuantizationParameters",
                Scale=self.builder.CreateNumpyVector(scale),
                ZeroPoint=self.builder.CreateNumpyVector(zero_point),
                QuantizedDimension=tensor.axis,
            )
        return self.table("Tensor", **fields)

    def buffer(self, array: np.ndarray | None) -> int:
        if array is None:
            return self.table("Buffer")
        data = np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)
        return self.table("Buffer", Data=self.builder.CreateNumpyVector(data))

    def table(self, kind: str, **fields: object) -> int:
        """A table; lists of integers and texts among its fields are written before."""
        values = {name: self.before(value) for name, value in fields.items()}
        getattr(tflite, f"{kind}Start")(self.builder)
        for name, value in values.items():
            getattr(tflite, f"{kind}Add{name}")(self.builder, value)
        return getattr(tflite, f"{kind}End")(self.builder)

    def before(self, value: object) -> object:
        if isinstance(value, str):
            return self.builder.CreateString(value)
        return self.integers(value) if isinstance(value, list) else value

    def integers(self, values: Sequence[int]) -> int:
        return self.builder.CreateNumpyVector(np.array(values, np.int32))

    def tables(self, offsets: Sequence[int]) -> int:
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return self.builder.EndVector()
