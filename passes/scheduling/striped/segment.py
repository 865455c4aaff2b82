"""Which groups can run together in stripes, and the graph that they are then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...machine_forms.stage import Kind, Map, Stage
from .graph import Graph, Operator
from .legality import pads_alike


@dataclass(frozen=True)
class Member:
    """A group of one operator among the others.

    reads: the feature maps that its operator reads, by the names of the groups that
        make them or of the inputs of the network, in the order of its operands.
    directly: whether it reads each of them as it was made, and no reshape of it.
    map: its result, [images, rows, columns, channels]; None of other dimensions.
    maps: the same of what it reads.
    leaves: whether the network gives its result away.
    """

    name: str
    stage: Stage
    reads: tuple[str, ...]
    directly: tuple[bool, ...]
    map: Map | None
    maps: tuple[Map | None, ...]
    leaves: bool

    @property
    def can_stripe(self) -> bool:
        """Whether its operator makes rows of one image from rows."""
        stage = self.stage
        if self.map is None or self.map[0] != 1 or None in self.maps:
            return False
        if stage.computed_weight or stage.by_row:
            return False
        match stage.kind:
            case Kind.CONVOLUTION:
                return stage.groups == 1
            case Kind.DEPTHWISE | Kind.POOL:
                return True
            case Kind.ELEMENTWISE:
                alike = all(each == self.map for each in self.maps)
                return alike and len(self.reads) == len(stage.operands)
            case _:
                return False

    @property
    def striped(self) -> Stage:
        """Its stage on rows, columns and channels, as they lie on chip."""
        stage = self.stage
        if stage.kind is Kind.ELEMENTWISE:
            assert self.map is not None
            return replace(stage, ifm=self.map, ofm=self.map, views=())
        if stage.ifm_view is None:
            return stage
        ifm = self.maps[0]
        assert ifm is not None
        _, row, pixel, _ = stage.ifm_view.strides
        stride = (row // (ifm[2] * ifm[3]), pixel // ifm[3])
        window = replace(stage.window, stride=stride)
        return replace(stage, ifm=ifm, window=window, ifm_view=None)


def segment(links: Sequence[Member], readers: "dict[str, list[str]]") -> Graph | None:
    """The graph of groups one after another; None if they cannot run in stripes.

    Only the last result may be read by others.
    """
    inside = {link.name for link in links}
    last = links[-1]
    for link in links:
        if not link.can_stripe:
            return None
        if link is not last and (link.leaves or not readers[link.name]):
            return None
        if link is not last and not set(readers[link.name]) <= inside:
            return None
        if link is last and set(readers[link.name]) & inside:
            return None
        for name, directly in zip(link.reads, link.directly, strict=True):
            if name in inside and not directly:
                return None
    reshaped = [
        name
        for link in links
        for name, directly in zip(link.reads, link.directly, strict=True)
        if not directly
    ]
    if len(reshaped) > len({*reshaped}):
        return None  # they may be two reshapes, which are two inputs
    outside: dict[tuple[str, bool], Map] = {}
    for link in links:
        for key, shape in zip(
            zip(link.reads, link.directly, strict=True), link.maps, strict=True
        ):
            if key[0] not in inside:
                assert shape is not None
                if outside.setdefault(key, shape) != shape:
                    return None
    numbers = {name: number for number, name in enumerate(outside)}
    made = {
        (link.name, True): len(outside) + number for number, link in enumerate(links)
    }
    tensors = {**numbers, **made}
    operators = tuple(
        Operator(
            link.striped,
            tuple(tensors[key] for key in zip(link.reads, link.directly, strict=True)),
        )
        for link in links
    )
    graph = Graph(tuple(outside.values()), operators)
    return graph if pads_alike(graph) else None
