"""A network as a list of layers, in order, cut where the user wants it cut."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ...errors import AipuError
from ..cut_names import CutNames
from ..cutting import between, check_order
from ..input_shapes import Extents


@dataclass(frozen=True)
class Layer:
    """A layer, by the blobs that it reads, its bottoms, and those that it writes."""

    name: str
    operator: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    @property
    def place(self) -> str:
        """What an error calls the layer."""
        return f"layer '{self.name}' ({self.operator})"


AnyLayer = TypeVar("AnyLayer", bound=Layer)


@dataclass(frozen=True)
class Graph(Generic[AnyLayer]):
    """The layers that the outputs depend on, and the declared extents of the inputs."""

    layers: Sequence[AnyLayer]
    inputs: Mapping[str, Extents | None]
    outputs: Sequence[str]


def select(
    layers: Iterable[AnyLayer],
    fed: Mapping[str, Extents | None],
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> Graph[AnyLayer]:
    """The part of a network between `inputs` and `outputs`.

    Args:
        layers: in the order in which they run; a blob may be written over.
        fed: the blobs that the network is fed with, and their extents.
        inputs: blobs to cut the network at; none for those it is fed with.
        outputs: blobs to cut the network at; none for those that nobody reads.

    Raises:
        AipuError: a blob is read before it is written, or the cuts do not fit.
    """
    renamed = without_overwriting(layers, fed)
    check_order(renamed, fed)
    wanted = list(dict.fromkeys(outputs or _unread(renamed)))
    if not wanted:
        raise AipuError("the model has no outputs")
    needed, kept = between(renamed, list(fed), inputs, outputs, wanted)
    return Graph(needed, {name: fed.get(name) for name in kept}, wanted)


def cut_names(layers: Iterable[Layer], fed: Collection[str]) -> CutNames:
    """Where a network can be cut."""
    nodes = {layer.name: layer.writes for layer in without_overwriting(layers, fed)}
    blobs = {top for tops in nodes.values() for top in tops}
    return CutNames({*blobs, *fed}, nodes, "blob")


def without_overwriting(
    layers: Iterable[AnyLayer], fed: Collection[str]
) -> list[AnyLayer]:
    """Layers that each write blobs of their own.

    Of several layers that write one blob, one over the other, the last keeps its name.
    """
    layers = list(layers)
    left = Counter(top for layer in layers for top in layer.writes)
    current: dict[str, str] = {}
    renamed: list[AnyLayer] = []
    for layer in layers:
        bottoms = tuple(current.get(name, name) for name in layer.reads)
        for name in layer.writes:
            left[name] -= 1
            last = left[name] == 0 and name not in fed
            current[name] = name if last else f"{name}/{layer.name}"
        tops = tuple(current[name] for name in layer.writes)
        renamed.append(replace(layer, reads=bottoms, writes=tops))
    return renamed


def _unread(layers: Sequence[Layer]) -> list[str]:
    """What no layer reads."""
    read = {name for layer in layers for name in layer.reads}
    return [name for layer in layers for name in layer.writes if name not in read]
