"""Images that are there at once with all their rows: how far apart they lie.

Padding below an image is that above the next one. A convolution whose map and result
lie equally far apart runs over all images as over one, and over the rows between them:
what it makes there nobody reads.
"""

from ...machine_forms.stage import WINDOWED, Kind
from .graph import Graph
from .sharing import Sharing
from .stripes import Ints


def padded_rows(graph: Graph, tensor: int) -> tuple[int, int]:
    """Rows of padding above a map and below it, as many as any reader wants."""
    height = graph.maps[tensor][1]
    above, below = [0], [0]
    for operator in graph.reading(tensor):
        above.append(-operator.first_row(0))
        below.append(operator.end_row(operator.stage.ofm[1]) - height)
    return max(above), max(below)


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
    return max(max(padded_rows(graph, tensor)) for tensor in range(len(graph.maps)))


def lot_rows(graph: Graph, images: int, held: Ints | int) -> Ints | int:
    """The rows of so many images, of which each holds so many by itself."""
    between = spacing(graph)
    if not between:
        return images * held
    return (images - 1) * (graph.maps[graph.result][1] + between) + held


def over_all(graph: Graph, sharing: Sharing) -> dict[int, tuple[int, ...]]:
    """The convolutions that can run over all images that are there at once as over one,
    each with the places that must lie like that: they are not kept.
    """
    found: dict[int, tuple[int, ...]] = {}
    if not spacing(graph):
        return found
    for number, operator in enumerate(graph.operators):
        made = sharing.owner[graph.tensor_of(number)]
        padded = any(padded_rows(graph, made)) or any(graph.borders[made])
        if operator.stage.kind is Kind.CONVOLUTION and not padded:
            found[number] = (made, sharing.owner[operator.reads[0]])
    return found
