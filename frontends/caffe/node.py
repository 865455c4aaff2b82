"""One Caffe layer on its way to `nn`: its parameters, and pairs of rows and columns."""

from dataclasses import dataclass

from ...dialects import nn
from ..layers.node import LayerNode
from ..vocabulary.windows import Pair
from .model_file import CaffeLayer
from .schema import Fields


@dataclass
class CaffeNode(LayerNode[CaffeLayer]):
    """What a converter works with."""

    def parameters(self, name: str) -> Fields:
        """The layer's own parameters; each is its default where the file says nothing.

        Args:
            name: of the operator's parameters, without `_param`.
        """
        return self.layer.parameters.fields(f"{name}_param")

    def image(self, position: int = 0) -> tuple[int, int, int, int]:
        """The shape of a bottom that must be [N, C, H, W]."""
        shape = nn.shape(self.bottom(position))
        if len(shape) != 4:
            raise self.unsupported(f"a blob of {len(shape)} dimensions, expected 4")
        batch, channels, rows, columns = shape
        return batch, channels, rows, columns

    def pair(self, given: Fields, name: str, short: str, default: int | None) -> Pair:
        """Rows and columns: `<name>` once or twice, or `<short>_h` and `<short>_w`.

        A default of None means that they must be there.
        """
        rows, columns = f"{short}_h", f"{short}_w"
        if given.has(rows) or given.has(columns):
            return (given.integer(rows), given.integer(columns))
        return self.twice(name, given.integers(name), default)

    def twice(self, name: str, values: list[int], default: int | None) -> Pair:
        """Rows and columns of a list of one or two numbers."""
        if not values and default is not None:
            return (default, default)
        if len(values) not in (1, 2):
            raise self.wrong(f"expected one or two numbers of {name}, found {values}")
        return (values[0], values[-1])
