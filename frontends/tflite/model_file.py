"""Reading a TFLite file into a `Graph`: all of it, once, before anything is made."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from types import ModuleType

import numpy as np

from ...errors import AipuError, Warnings
from ..limits import LARGEST
from .elements import DTYPES, elements, limits
from .graph import Graph, Operator, Option, Quantisation, Tensor
from .schema import names, schema
from .tables import READ_ERRORS, Tables

IDENTIFIER = b"TFL3"
WHERE_IDENTIFIER = slice(4, 8)


def read_graph(path: Path, warnings: Warnings) -> Graph:
    """The first subgraph of a file, which is the one that is run.

    Args:
        path: of the file.
        warnings: what in it is malformed, and how it is taken, is added here.

    Raises:
        AipuError: the file cannot be read, is no TFLite model, or is damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except OSError as error:
        raise AipuError(f"cannot be read: {error.strerror}", place=str(path)) from error
    if content[WHERE_IDENTIFIER] != IDENTIFIER:
        raise AipuError(
            f"not a TFLite model: its bytes 4 to 8 are {content[WHERE_IDENTIFIER]!r}, "
            f"expected {IDENTIFIER!r}",
            place=str(path),
            remedy="the file is of another format, or was truncated",
        )
    try:
        return _ModelFile(content, schema(), warnings).graph()
    except READ_ERRORS as error:
        raise AipuError(
            f"a damaged TFLite model: {error}",
            place=str(path),
            remedy="the file was truncated or changed: fetch or convert it again",
        ) from error
    except AipuError as error:
        place = f"{path}, {error.place}" if error.place else str(path)
        raise AipuError(error.message, place=place, remedy=error.remedy) from error


class _ModelFile:
    """The tables of a model, as the schema's classes see them."""

    def __init__(self, content: bytes, tflite: ModuleType, warnings: Warnings):
        self.content = content
        self.warnings = warnings
        self.tflite = tflite
        self.tables = Tables(len(content))
        self.kinds = names(tflite.TensorType)
        self.builtins = names(tflite.BuiltinOperator)
        self.option_types = names(tflite.BuiltinOptions)
        self.enumerations = {
            "FusedActivationFunction": names(tflite.ActivationFunctionType),
            "Padding": names(tflite.Padding),
        }

    def graph(self) -> Graph:
        model = self.tflite.Model.GetRootAs(self.content, 0)
        subgraphs = list(self.tables.tables(model, "Subgraphs"))
        if not subgraphs:
            raise AipuError("the model has no subgraph")
        subgraph, *others = subgraphs
        if others:
            self.warnings.add(
                f"only the first of the file's {len(subgraphs)} subgraphs is read"
            )
        buffers = [
            self.buffer(buffer) for buffer in self.tables.tables(model, "Buffers")
        ]
        codes = [self.code(c) for c in self.tables.tables(model, "OperatorCodes")]
        tensors = [
            self.tensor(table, buffers)
            for table in self.tables.tables(subgraph, "Tensors")
        ]
        tensors = _named(tensors)
        names = [tensor.name for tensor in tensors]
        operators = [
            self.operator(table, codes, names)
            for table in self.tables.tables(subgraph, "Operators")
        ]
        inputs = self.named(subgraph, "Inputs", names)
        computed = {*inputs, *(name for each in operators for name in each.writes)}
        known = {
            each.name: each if each.name in computed else _with_no_elements(each)
            for each in tensors
        }
        outputs = self.named(subgraph, "Outputs", names)
        return Graph(known, operators, inputs, outputs)

    def buffer(self, table: object) -> np.ndarray:
        """The bytes of a buffer; those of a large file lie behind its tables."""
        start = self.tables.scalar(table, "Offset")
        if start <= 1:
            return self.tables.vector(table, "Data").view(np.uint8)
        size = self.tables.scalar(table, "Size")
        return np.frombuffer(self.content, np.uint8, size, start)

    def code(self, table: object) -> str:
        """The operator that a code stands for; the first 127 had a field of a byte."""
        old = self.tables.scalar(table, "DeprecatedBuiltinCode")
        number = max(old, self.tables.scalar(table, "BuiltinCode"))
        if self.builtins.get(number) == "CUSTOM":
            return self.tables.text(table, "CustomCode")
        return self.builtins.get(number, f"operator {number}")

    def tensor(self, table: object, buffers: Sequence[np.ndarray]) -> Tensor:
        name = self.tables.text(table, "Name")
        number = self.tables.scalar(table, "Type")
        kind = self.kinds.get(number, f"type {number}")
        shape = tuple(self.tables.vector(table, "Shape").tolist())
        place = f"tensor '{name}'"
        position = self.tables.scalar(table, "Buffer")
        if position >= max(len(buffers), 1):
            raise AipuError(f"its buffer {position} is not in the file", place=place)
        data = buffers[position] if buffers else np.empty(0, np.uint8)
        self.tables.spend(data.size)
        try:
            quantisation = self.quantisation(
                self.tables.table(table, "Quantization"), kind, shape, place
            )
            array = elements(data, kind, shape) if data.size else None
        except AipuError as error:
            raise AipuError(error.message, place=place) from error
        if self.tables.table(table, "Sparsity") is not None:
            raise AipuError("its elements are stored sparsely", place=place)
        variable = bool(self.tables.scalar(table, "IsVariable"))
        if variable and not (min(shape, default=1) > 0 and prod(shape) <= LARGEST):
            raise AipuError(f"a variable of the shape {list(shape)}", place=place)
        return Tensor(name, shape, kind, array, quantisation, variable)

    def quantisation(
        self, table: object | None, kind: str, shape: Sequence[int], place: str
    ) -> Quantisation | None:
        if table is None:
            return None
        scale = self.tables.vector(table, "Scale")
        zero_point = self.tables.vector(table, "ZeroPoint")
        if not scale.size:
            return None
        if not zero_point.size:
            zero_point = np.zeros(1, np.int64)
        axis = self.tables.scalar(table, "QuantizedDimension")
        if len(shape) == 1 and axis != 0:
            # Converters once wrote the axis of a weight beside its bias.
            self.warnings.add(
                "its quantized_dimension is none of its axes; it has only one, and its "
                "scales are taken to be along that",
                place,
            )
            axis = 0
        along = shape[axis] if 0 <= axis < len(shape) else 1
        if scale.size not in (1, along) or zero_point.size not in (1, scale.size):
            raise AipuError(
                f"{scale.size} scales and {zero_point.size} zero points along axis "
                f"{axis} of the shape {list(shape)}"
            )
        if not (np.isfinite(scale).all() and (scale > 0).all()):
            raise AipuError("its scales must be positive")
        if (allowed := limits(kind)) is not None:
            wrong = zero_point[(zero_point < allowed[0]) | (zero_point > allowed[1])]
            if wrong.size:
                raise AipuError(f"the zero point {wrong[0]} is no {kind}")
        return Quantisation(scale, zero_point, axis)

    def operator(
        self, table: object, codes: Sequence[str], names: Sequence[str]
    ) -> Operator:
        code = self.tables.scalar(table, "OpcodeIndex")
        if code >= len(codes):
            raise AipuError(f"an operator of the code {code}, of {len(codes)}")
        return Operator(
            codes[code],
            self.named(table, "Inputs", names, least=-1),
            self.named(table, "Outputs", names),
            self.options(table),
            self.tables.vector(table, "CustomOptions").tobytes(),
        )

    def options(self, table: object) -> dict[str, Option]:
        """The options of an operator, enumerated ones by their names."""
        kind = self.option_types.get(self.tables.scalar(table, "BuiltinOptionsType"))
        if kind in (None, "NONE"):
            return {}
        found = self.tables.union(table, "BuiltinOptions", getattr(self.tflite, kind))
        for field, members in self.enumerations.items():
            number = found.get(field)
            if isinstance(number, int):
                found[field] = members.get(number, f"number {number}")
        return found

    def named(
        self, table: object, field: str, names: Sequence[str], least: int = 0
    ) -> list[str]:
        """The tensors of a field, of all by their numbers; -1 is none."""
        found: list[int] = self.tables.vector(table, field).tolist()
        if not all(least <= number < len(names) for number in found):
            raise AipuError(f"{field} are the tensors {found}, of {len(names)}")
        return ["" if number < 0 else names[number] for number in found]


def _with_no_elements(tensor: Tensor) -> Tensor:
    """A constant of no elements, which need no buffer: the shape of a scalar."""
    if tensor.array is not None or 0 not in tensor.shape or tensor.kind not in DTYPES:
        return tensor
    return replace(tensor, array=np.empty(tensor.shape, DTYPES[tensor.kind]))


def _named(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Each tensor under a name that no other has."""
    counts: dict[str, int] = {}
    named: list[Tensor] = []
    for number, tensor in enumerate(tensors):
        name = wanted = tensor.name or f"tensor{number}"
        while name in counts:
            counts[wanted] += 1
            name = f"{wanted}.{counts[wanted]}"
        counts[name] = 1
        named.append(replace(tensor, name=name))
    return named
