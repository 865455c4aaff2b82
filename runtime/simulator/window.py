"""Windows that slide over tiles: what convolutions and pools read."""

from dataclasses import dataclass

import numpy as np

from .stream import Issue


@dataclass(frozen=True)
class SlidingWindow:
    """A window that slides over a tile [rows, columns, channels]."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]

    @classmethod
    def of(cls, issue: Issue) -> "SlidingWindow":
        """The window of an instruction."""
        dilated = "dilation" in issue.instruction.fields
        return cls(
            issue.integers("kernel"),
            issue.integers("stride"),
            issue.integers("dilation") if dilated else (1, 1),
        )

    @property
    def size(self) -> int:
        """How many elements the window has."""
        return self.kernel[0] * self.kernel[1]

    def reach(self, axis: int, count: int | np.ndarray) -> int | np.ndarray:
        """How many rows or columns lie under `count` windows."""
        last = (self.kernel[axis] - 1) * self.dilation[axis]
        return (count - 1) * self.stride[axis] + last + 1

    def sliding(self, tile: np.ndarray) -> np.ndarray:
        """The tile seen as [rows, columns, window rows, window columns, channels]."""
        down, across, along = tile.strides
        rows, columns = (
            (extent - (size - 1) * dilation - 1) // stride + 1
            for extent, size, dilation, stride in zip(
                tile.shape, self.kernel, self.dilation, self.stride, strict=False
            )
        )
        return np.lib.stride_tricks.as_strided(
            tile,
            (rows, columns, *self.kernel, tile.shape[2]),
            (
                down * self.stride[0],
                across * self.stride[1],
                down * self.dilation[0],
                across * self.dilation[1],
                along,
            ),
        )

    def columns(self, tile: np.ndarray) -> np.ndarray:
        """The windows as the rows of a float32 matrix [windows, size * channels]."""
        windows = self.sliding(tile)
        matrix = np.empty(windows.shape, np.float32)
        matrix[...] = windows
        return matrix.reshape(windows.shape[0] * windows.shape[1], -1)

    def shifted(self, tile: np.ndarray) -> list[np.ndarray]:
        """For each element of the window, the tile's values that fall under it."""
        windows = self.sliding(tile)
        return [
            windows[:, :, i, j]
            for i in range(self.kernel[0])
            for j in range(self.kernel[1])
        ]

    def held(
        self, extents: tuple[int, ...], corner: tuple[int, int], inside: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """How many rows of each row of windows lie inside, and columns of each column.

        int64 [rows] and [columns]; not positive where none does.
        """
        rows, columns = (
            np.minimum(first + size, limit) - np.maximum(first, 0)
            for first, size, limit in (
                (
                    corner[axis] + np.arange(extents[axis]) * self.stride[axis],
                    size,
                    limit,
                )
                for axis, (size, limit) in enumerate(
                    zip(self.kernel, inside, strict=True)
                )
            )
        )
        return rows, columns

    def counts(
        self, extents: tuple[int, ...], corner: tuple[int, int], inside: tuple[int, ...]
    ) -> np.ndarray:
        """How many elements of each window lie inside, int64 [rows, columns]."""
        rows, columns = self.held(extents, corner, inside)
        return rows[:, None] * columns


def window_corners(issue: Issue) -> list[tuple[int, int]]:
    """Row and column of the first window of each instance of a pool."""
    rows, columns = (
        issue.evaluate(issue.index(name)).tolist()
        for name in ("corner_row", "corner_column")
    )
    return list(zip(rows, columns, strict=True))
