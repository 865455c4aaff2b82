"""A network under construction: what every frontend emits into."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod

import numpy as np
from xdsl.dialects.builtin import (
    ArrayAttr,
    DictionaryAttr,
    ModuleOp,
    StringAttr,
    TensorType,
    f32,
)
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Attribute, Block, Region, SSAValue

from ..dialects import nn
from ..dialects.locations import named
from ..dialects.nn.shapes import Shape
from ..dialects.quant import UniformType
from ..dialects.semantics.weights import WeightStore
from ..dialects.value_names import value_name
from ..errors import AipuError, UnsupportedError, Warnings
from .constant import Constant, Value
from .frames import check_frames
from .input_shapes import Batch
from .limits import LARGEST
from .model import ImportedModel


class Network:
    """The body of `@main`, its weights, and what a user should know of it."""

    def __init__(
        self,
        inputs: Mapping[str, Shape],
        elements: Mapping[str, Attribute] = {},
        stored: Mapping[str, UniformType] = {},
        fixed: Mapping[str, np.ndarray] = {},
        warnings: Warnings | None = None,
    ):
        """A network without operators.

        Args:
            inputs: the shapes of its arguments.
            elements: the types of their elements, where these are no reals.
            stored: what the model keeps real ones as, where these are integers.
            fixed: the elements of inputs that are none: weights in their place.
            warnings: what was found before, to which more will be added.
        """
        types = {
            name: TensorType(elements.get(name, f32), shape)
            for name, shape in inputs.items()
            if name not in fixed
        }
        self.block = Block(arg_types=types.values())
        self.arguments = dict(zip(types, self.block.args, strict=True))
        self.stored = stored
        self.weights = WeightStore()
        self.warnings = Warnings() if warnings is None else warnings
        for name, argument in self.arguments.items():
            argument.name_hint = value_name(name)
        self.inputs: dict[str, SSAValue] = dict(self.arguments)
        for name, array in fixed.items():
            self.inputs[name] = Emitter(self, name, "input").weight(name, array)

    def emit(self, op: nn.Operator | nn.WeightOp, name: str) -> SSAValue:
        """Append an operator that comes from the node `name`; return its result."""
        op.location = named(name)
        (result,) = op.results
        result.name_hint = value_name(name)
        self.block.add_op(op)
        return result

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Take back all that is emitted inside, if it ends in an `UnsupportedError`."""
        last = self.block.last_op
        weights, warnings = self.weights.copy(), self.warnings.copy()
        try:
            yield
        except UnsupportedError:
            while (op := self.block.last_op) is not None and op is not last:
                op.detach()
                op.erase()
            self.weights, self.warnings = weights, warnings
            raise

    def finish(
        self,
        name: str,
        outputs: Mapping[str, SSAValue],
        weights_source: str = "model",
        runtime: str | None = None,
        batch: Batch | None = None,
    ) -> ImportedModel:
        """The model, with `outputs` by the names that the source gives them.

        `runtime` is whose integers its pinned tensors are, if it rounds in its own way;
        `batch` what became of the batch.

        Raises:
            AipuError: the batch is one that the file was not meant for, and the network
                would mix its frames.
        """
        if batch is not None and batch.forced > 1:
            check_frames(self.block, outputs, self.weights, batch.forced)
        self.block.add_op(ReturnOp(*outputs.values()))
        results = [value.type for value in outputs.values()]
        main = FuncOp(
            "main",
            (list(self.block.arg_types), results),
            Region(self.block),
            arg_attrs=_described(self.arguments, self.stored),
            res_attrs=_described(outputs),
        )
        if runtime is not None:
            main.attributes["nn.runtime"] = StringAttr(runtime)
        return ImportedModel(
            name,
            ModuleOp([main]),
            self.weights,
            weights_source,
            warnings=self.warnings.lines(),
        )


def _described(
    values: Mapping[str, SSAValue], stored: Mapping[str, UniformType] = {}
) -> ArrayAttr[DictionaryAttr]:
    """The names that a model gives to its inputs or outputs, and their integers."""
    return ArrayAttr(
        [
            DictionaryAttr(
                {"nn.name": StringAttr(name)}
                | ({"nn.stored": stored[name]} if name in stored else {})
            )
            for name in values
        ]
    )


@dataclass
class Emitter:
    """One node of a source model on its way to `nn`.

    A frontend's own node is a subclass that also reads the node's attributes. `name`
    is the node's alone, `operator` what the format calls it.
    """

    network: Network
    name: str
    operator: str

    @property
    def place(self) -> str:
        """What an error calls the node."""
        return f"node '{self.name}' ({self.operator})"

    def unread(self) -> str:
        """What the node says that no converter asked for; empty if that is nothing."""
        return ""

    def emit(self, op: nn.Operator | nn.WeightOp) -> SSAValue:
        """Append an operator, named after this node; return its result."""
        return self.network.emit(op, self.name)

    def weight(
        self, key: str, array: np.ndarray, scale: np.ndarray | None = None
    ) -> SSAValue:
        """Keep a constant as reals, under `key` or near it; return it as an operand.

        If the model holds it as integers, the reals are multiples of `scale`: of one
        number, or of one for each channel of the first axis.

        Raises:
            AipuError: the elements are no real numbers.
        """
        if array.dtype.kind in "OSUc":
            raise self.wrong(f"'{key}' holds no real numbers")
        kept = self.network.weights.add(key, array.astype(np.float32, copy=False))
        steps = None
        if scale is not None:
            steps = self.network.weights.add(f"{kept}/scale", scale.reshape(-1))
        return self.emit(nn.WeightOp(kept, TensorType(f32, array.shape), steps))

    def operand(self, value: Value) -> SSAValue:
        """A tensor as an operand; a constant becomes an `nn.weight` of its reals."""
        if isinstance(value, Constant):
            return self.weight(value.name, value.reals, value.channel_scale)
        return value

    def pinned(self, value: SSAValue, element: UniformType) -> SSAValue:
        """`value` as the integers that the model has for it, and as reals again."""
        return self.emit(nn.DequantiseOp(self.emit(nn.QuantiseOp(value, element))))

    def no_bias(self, channels: int) -> SSAValue:
        """Zeros, where `nn` has a bias and the node has none."""
        return self.weight(f"{self.name}/bias", np.zeros(channels, np.float32))

    def scaled(self, value: SSAValue, name: str, factor: float) -> SSAValue:
        """`value * factor`, where the node calls the factor `name`."""
        if factor == 1:
            return value
        scale = self.weight(f"{self.name}/{name}", np.array(factor))
        return self.emit(nn.MulOp(value, scale))

    def warn(self, message: str) -> None:
        """Let the user know of something that is taken otherwise than the node says."""
        self.network.warnings.add(message, self.place)

    def check_size(self, shape: Sequence[int]) -> None:
        """Look before an array of this shape is made.

        Raises:
            UnsupportedError: it would be too large.
        """
        if prod(shape) > LARGEST:
            raise self.unsupported(
                f"it needs an array of the shape {list(shape)}, more than {LARGEST} "
                "elements"
            )

    def wrong(self, message: str) -> AipuError:
        """The error of a node that its format does not allow."""
        return AipuError(message, place=self.place)

    def unsupported(self, message: str) -> UnsupportedError:
        """The error of a node that is right, but that `nn` cannot say."""
        return UnsupportedError(message, place=self.place)
