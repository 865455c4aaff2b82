"""A network as a list of layers, in order, cut where the user wants it cut."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ...errors import AipuError, nearest
from ..cut_names import CutNames
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
    writers = _writers(renamed, fed)
    wanted = list(dict.fromkeys(outputs or _unread(renamed)))
    if not wanted:
        raise AipuError("the model has no outputs")
    starts = dict.fromkeys(inputs or fed)
    needed, used = _needed(renamed, writers, wanted, starts)
    for name in inputs:
        if name not in used:
            raise AipuError(f"the outputs do not depend on '{name}'")
    for name in fed:
        if name in used and name not in starts:
            raise AipuError(
                f"the outputs also depend on the input '{name}'",
                remedy=f"name it among the inputs: --input {name}",
            )
    kept = [name for name in starts if name in used or not outputs]
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


def _writers(layers: Sequence[Layer], fed: Collection[str]) -> dict[str, int]:
    """Which layer writes a blob."""
    writers: dict[str, int] = {}
    for position, layer in enumerate(layers):
        for name in layer.reads:
            if name not in writers and name not in fed:
                raise AipuError(
                    f"it reads '{name}', which no layer before it writes",
                    place=layer.place,
                    remedy=nearest(name, (*writers, *fed)),
                )
        writers.update(dict.fromkeys(layer.writes, position))
    return writers


def _unread(layers: Sequence[Layer]) -> list[str]:
    """What no layer reads."""
    read = {name for layer in layers for name in layer.reads}
    return [name for layer in layers for name in layer.writes if name not in read]


def _needed(
    layers: Sequence[AnyLayer],
    writers: Mapping[str, int],
    ends: Sequence[str],
    starts: Collection[str],
) -> tuple[list[AnyLayer], set[str]]:
    """The layers that `ends` depend on, in order, and all that they read."""
    needed: set[int] = set()
    used: set[str] = set()
    waiting = list(ends)
    while waiting:
        name = waiting.pop()
        used.add(name)
        if name in starts or name not in writers or writers[name] in needed:
            continue
        needed.add(writers[name])
        waiting.extend(layers[writers[name]].reads)
    return [layers[position] for position in sorted(needed)], used
