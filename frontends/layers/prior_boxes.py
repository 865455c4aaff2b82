"""The prior boxes of single-shot detectors: constants of the shapes of two blobs.

Liu et al. 2016, "SSD: Single Shot MultiBox Detector", section 2.2; the order of the
boxes is that of its Caffe implementation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Size = tuple[float, float]
"""Width and height, as all pairs here."""


@dataclass(frozen=True)
class PriorBoxes:
    """Boxes about every position of a map, in pixels of the image."""

    sizes: Sequence[Size]
    step: Size
    offset: float
    clip: bool
    variances: Sequence[float]

    def array(self, rows: int, columns: int, image: Size) -> NDArray[np.float32]:
        """[2, rows * columns * boxes * 4]: left, top, right, bottom; their variances.

        Args:
            rows: of the map.
            columns: of the map.
            image: its size; boxes are in parts of it.
        """
        x = (np.arange(columns) + self.offset) * self.step[0]
        y = (np.arange(rows) + self.offset) * self.step[1]
        centre = np.stack(np.meshgrid(x, y), axis=-1)[:, :, np.newaxis]
        half = np.asarray(self.sizes) / 2
        boxes = np.concatenate([centre - half, centre + half], axis=-1)
        boxes /= np.array([*image, *image])
        if self.clip:
            boxes = np.clip(boxes, 0, 1)
        flat = boxes.astype(np.float32).reshape(-1)
        variances = np.broadcast_to(np.asarray(self.variances, np.float32), (4,))
        return np.stack([flat, np.tile(variances, len(flat) // 4)])


def box_sizes(
    smallest: Sequence[float],
    largest: Sequence[float],
    ratios: Sequence[float],
    *,
    flip: bool,
) -> list[Size]:
    """For each smallest size: itself, its mean with the largest, and other ratios."""
    sizes: list[Size] = []
    for position, side in enumerate(smallest):
        sizes.append((side, side))
        if position < len(largest):
            mean = sqrt(side * largest[position])
            sizes.append((mean, mean))
        for ratio in _ratios(ratios, flip=flip):
            sizes.append((side * sqrt(ratio), side / sqrt(ratio)))
    return sizes


def _ratios(ratios: Sequence[float], *, flip: bool) -> Iterator[float]:
    """Each ratio but 1, which is there already; flipped, also the other way round."""
    seen = [1.0]
    for ratio in ratios:
        if all(abs(ratio - other) > 1e-6 for other in seen):
            both = [ratio, 1 / ratio] if flip else [ratio]
            seen += both
            yield from both
