"""Images that are there at once with all their rows: how far apart they lie.

Padding below an image is that above the next one. A convolution whose map and result
lie equally far apart runs over all images as over one, and over the rows between them:
what it makes there matters to nobody.
"""

from collections.abc import Collection

from ....backend_aipu.counts import Count
from ...machine_forms.stage import WINDOWED, Kind
from .graph import Graph
from .sharing import Sharing


def spacing(graph: Graph) -> int:
    """Rows between two images of every map; 0 if they are not the same for all."""
    heights = {rows for _, rows, _, _ in graph.maps}
    strides = {
        operator.stage.window.stride[0]
        for operator in graph.operators
        if operator.stage.kind in WINDOWED
    }
    if len(heights) > 1 or strides - {1}:
        return 0
    return max(map(max, graph.caps))


def lot_rows(between: int, rows: Count, images: int, held: Count) -> Count:
    """The rows of so many images, of which each holds so many by itself; maps of so
    many rows have as many `between` them as `spacing` says.
    """
    if not between:
        return images * held
    return (images - 1) * (rows + between) + held


def over_all(graph: Graph, sharing: Sharing) -> dict[int, tuple[int, ...]]:
    """The convolutions that can run over all images that are there at once as over one,
    each with the places that must lie like that: they are not kept.

    They read the rows between images, which something has to write: what fills padding
    or brings it, or another such convolution.
    """
    found: dict[int, tuple[int, ...]] = {}
    if not spacing(graph):
        return found
    for number, operator in enumerate(graph.operators):
        made = sharing.owner[graph.tensor_of(number)]
        read = sharing.owner[operator.reads[0]]
        if operator.stage.kind is not Kind.CONVOLUTION or _is_padded(graph, made):
            continue
        if _is_filled(graph, read):
            found[number] = (made, read)
        elif (maker := _made_by(graph, sharing, read, found)) is not None:
            found[number] = (made, read, *found[maker])
    return found


def _is_padded(graph: Graph, place: int) -> bool:
    return any(graph.caps[place]) or any(graph.borders[place])


def _is_filled(graph: Graph, place: int) -> bool:
    """Whether the rows between images hold padding: of an input as much as is brought
    with it, of what is made all, if there is some above it or beside it.
    """
    if place < len(graph.inputs):
        return sum(graph.caps[place]) >= spacing(graph)
    return graph.is_filled(place)


def _made_by(
    graph: Graph, sharing: Sharing, place: int, found: Collection[int]
) -> int | None:
    """Which of some convolutions wrote all of a place."""
    return next((n for n in found if sharing.owner[graph.tensor_of(n)] == place), None)
