"""Which groups can run together in stripes, and the graph that they are then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ...machine_forms.stage import Kind, Map, Stage, View
from .batch import as_rows
from .graph import Graph
from .held import NO_KEYS, Held, Keys
from .kept import Kept, kept
from .legality import pads_alike
from .operator import Operator


@dataclass(frozen=True)
class Member:
    """A group of one operator among the others.

    reads: the feature maps that its operator reads, by the names of the groups that
        make them or of the inputs of the network, in the order of its operands.
    directly: whether it reads each of them as it was made, and no reshape of it.
    map: its result, [images, rows, columns, channels]; None of other dimensions.
    maps: the same of what it reads.
    leaves: whether the network gives its result away.
    constants: its weights and parameters.
    apart: the groups that make what it reads parts of.
    """

    name: str
    stage: Stage
    reads: tuple[str, ...]
    directly: tuple[bool, ...]
    map: Map | None
    maps: tuple[Map | None, ...]
    leaves: bool
    constants: Keys = NO_KEYS
    apart: tuple[str, ...] = ()

    @cached_property
    def can_stripe(self) -> bool:
        """Whether its operator makes rows of images from rows of the same images."""
        stage = self.stage
        if self.map is None:
            return False
        if any(each is None or each[0] != self.map[0] for each in self.maps):
            return False
        if stage.computed_weight or stage.by_row:
            return False
        match stage.kind:
            case Kind.CONVOLUTION:
                return stage.groups == 1
            case Kind.DEPTHWISE | Kind.POOL:
                return True
            case Kind.MOVE:
                return bool(stage.parts)
            case Kind.ELEMENTWISE:
                alike = all(each == self.map for each in self.maps)
                return alike and len(self.reads) == len(stage.operands)
            case _:
                return False

    @cached_property
    def striped(self) -> Stage:
        """Its stage on rows, columns and channels, as they lie on chip."""
        stage = self.stage
        if stage.kind is Kind.ELEMENTWISE:
            assert self.map is not None
            return replace(stage, ifm=self.map, ofm=self.map, views=())
        if stage.kind is Kind.MOVE:
            assert self.map is not None and self.maps[0] is not None
            return replace(stage, ifm=self.maps[0], ofm=self.map, copies=())
        if stage.ifm_view is None:
            return stage
        ifm = self.maps[0]
        assert ifm is not None
        _, row, pixel, _ = stage.ifm_view.strides
        stride = (row // (ifm[2] * ifm[3]), pixel // ifm[3])
        window = replace(stage.window, stride=stride)
        return replace(stage, ifm=ifm, window=window, ifm_view=None)


@dataclass(frozen=True)
class Neighbours:
    """Groups one after another that can run in stripes.

    inputs: what they read that others make: by whose name, and whether as it was made.
    reads: the numbers of the tensors that each group reads.
    also: those of what others read besides the result.
    """

    links: Sequence[Member]
    inputs: Mapping[tuple[str, bool], Map]
    reads: Sequence[tuple[int, ...]]
    also: Sequence[int]

    @cached_property
    def apart(self) -> Graph:
        """Its graph, if nothing stays on chip."""
        return self._graph(())

    def graph(
        self,
        staying: Mapping[str, Kept] = {},
        keeps: Kept | None = None,
        held: tuple[Held, ...] = (),
    ) -> Graph | None:
        """Its graph, if inputs are `staying` on chip, by their names, the last result
        stays there as `keeps`, and weights are `held`. None if what stays is read in
        another shape.
        """
        if any(not directly and name in staying for name, directly in self.inputs):
            return None
        stays = [
            (number, staying[name])
            for number, (name, directly) in enumerate(self.inputs)
            if directly and name in staying
        ]
        if keeps:
            stays.append((len(self.inputs) + len(self.links) - 1, keeps))
        if stays and (self.apart.views or self._is_batch):
            return self._graph(stays, held)
        return replace(self.apart, kept=tuple(stays), held=held)

    @property
    def _is_batch(self) -> bool:
        return any(images > 1 for images, *_ in self.inputs.values())

    def _graph(
        self, stays: Sequence[tuple[int, Kept]], held: tuple[Held, ...] = ()
    ) -> Graph:
        inputs = list(self.inputs.values())
        return graph_of_members(inputs, self.links, self.reads, stays, held, self.also)


def segment(
    links: Sequence[Member], readers: Mapping[str, Sequence[str]]
) -> Neighbours | None:
    """Groups one after another as a segment; None if they cannot run in stripes.

    Each result but the last is read by another of the groups; others may read it, too.
    """
    inside = {link.name for link in links}
    last = links[-1]
    for link in links:
        if not link.can_stripe:
            return None
        if link is not last and not set(readers[link.name]) & inside:
            return None
        if link is last and set(readers[link.name]) & inside:
            return None
        if inside & {*link.apart}:
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
    also = [
        tensors[link.name, True]
        for link in links[:-1]
        if link.leaves or not set(readers[link.name]) <= inside
    ]
    reads = [
        tuple(tensors[key] for key in zip(link.reads, link.directly, strict=True))
        for link in links
    ]
    found = Neighbours(links, outside, reads, also)
    return found if pads_alike(found.apart) else None


def entering(links: Sequence[Member]) -> list[str]:
    """What some groups read that others make, in the order of the inputs that it is."""
    inside = {link.name for link in links}
    keys = [
        key
        for link in links
        for key in zip(link.reads, link.directly, strict=True)
        if key[0] not in inside
    ]
    return [name for name, _ in dict.fromkeys(keys)]


def graph_of_members(
    inputs: Sequence[Map],
    members: Sequence[Member],
    reads: Sequence[tuple[int, ...]],
    stays: Sequence[tuple[int, Kept]] = (),
    held: tuple[Held, ...] = (),
    also: Sequence[int] = (),
) -> Graph:
    """The graph of members that read tensors by their numbers, some of which stay on
    chip before or after, and of whose weights some are held; others read some that are
    made `also`.

    An input of which all that read it leave out the same rows and columns comes without
    these.
    """
    on_chip = dict(stays)
    views = [
        View.dense(shape) if number in on_chip else _view(number, shape, members, reads)
        for number, shape in enumerate(inputs)
    ]
    dense = [View.dense(shape) for shape in inputs]
    operators = tuple(
        Operator(
            replace(member.stage, ifm_view=None)
            if _is_sparse(each, views, dense)
            else member.striped,
            each,
        )
        for member, each in zip(members, reads, strict=True)
    )
    shapes = tuple(view.shape for view in views)
    return as_rows(
        Graph(
            shapes,
            operators,
            tuple(views) if views != dense else (),
            tuple(stays),
            held,
            tuple(also),
        )
    )


def as_kept(link: Member, readers: Sequence[Member]) -> Kept | None:
    """The result of a group as it can stay on chip for its readers, if it can."""
    if link.map is None or link.leaves or not readers:
        return None
    for reader in readers:
        alike = zip(reader.reads, reader.directly, strict=True)
        if not reader.can_stripe or (link.name, False) in alike:
            return None
    return kept(link.map, (Operator(each.striped, (0,)) for each in readers))


def _view(
    number: int,
    shape: Map,
    members: Sequence[Member],
    reads: Sequence[tuple[int, ...]],
) -> View:
    """What is read of an input at all."""
    found = {
        member.stage.ifm_view
        for member, each in zip(members, reads, strict=True)
        if number in each
    }
    view = found.pop() if len(found) == 1 else None
    return View.dense(shape) if view is None or view.offset else view


def _is_sparse(
    reads: tuple[int, ...], views: Sequence[View], dense: Sequence[View]
) -> bool:
    first = reads[0]
    return first < len(views) and views[first] != dense[first]
