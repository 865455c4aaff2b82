"""Strategies that put operators into stripes of given sizes."""

from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.machine_forms.stage import Kind
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.striped.segment import segment


class Stripes:
    """All that can run together in stripes of so many rows, so many images of a batch
    at once, the rest by itself; tiles of weights are 5 channels wide, and of a depth
    where one is given.
    """

    def __init__(
        self,
        rows: int,
        streams: bool,
        ahead: bool,
        least: int,
        depth: int = 0,
        images: int = 1,
    ):
        self.rows, self.streams, self.ahead = rows, streams, ahead
        self.least, self.depth, self.images = least, depth, images

    def schedule(self, graph, machine):
        alone = Layerwise().schedule(graph, machine)
        links = graph.links
        readers = {
            link.name: [other.name for other in links if link.name in other.reads]
            for link in links
        }
        start, end = max(
            (
                (start, end)
                for start in range(len(links))
                for end in range(start + 1, len(links) + 1)
                if segment(links[start:end], readers)
            ),
            key=lambda part: part[1] - part[0],
        )
        assert end - start >= self.least
        weights = tuple(
            Weights(2, 5, self._depth(link.stage))
            if self.streams and link.stage.weight_bytes
            else Weights()
            for link in links[start:end]
        )
        names = tuple(link.name for link in links[start:end])
        together = graph.together(start, end)
        images = min(self.images, together.images)
        striped = StripedSchedule(self.rows, weights, "ws", self.ahead, images=images)
        return {
            **{link.name: alone[link.name] for link in links[:start]},
            names: striped,
            **{link.name: alone[link.name] for link in links[end:]},
        }

    def _depth(self, stage):
        convolves = stage.kind is Kind.CONVOLUTION
        return min(self.depth, stage.ifm[3]) if convolves else 0


class EachKept:
    """Each operator by itself in stripes, if it can be; its result stays on chip."""

    def __init__(self, rows: int, streams: bool):
        self.rows, self.streams = rows, streams

    def schedule(self, graph, machine):
        alone = Layerwise().schedule(graph, machine)
        striped = {n for n in range(len(graph.links)) if graph.together(n, n + 1)}
        place = {link.name: number for number, link in enumerate(graph.links)}
        found = {}
        for number, link in enumerate(graph.links):
            stays = graph.stays(number)
            readers = {place[name] for name in graph.readers[link.name]}
            between = set(range(number, stays[1] + 1)) if stays else {-1}
            kept = readers | between <= striped
            streams = self.streams and link.stage.weight_bytes
            weights = Weights(3, 5) if streams else Weights()
            found[link.name if number not in striped else (link.name,)] = (
                StripedSchedule(self.rows, (weights,), "ws", True, number > 0, kept)
                if number in striped
                else alone[link.name]
            )
        return found
