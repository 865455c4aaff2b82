"""The mean of every channel of a tensor: what bias correction needs of it."""

import numpy as np
from numpy.typing import NDArray


class ChannelMean:
    """Channels are the last axis; the mean is over all else, and all batches."""

    def __init__(self):
        self.total: np.ndarray | float = 0.0
        self.count = 0

    def see(self, values: np.ndarray) -> None:
        pixels = values.reshape(-1, values.shape[-1])
        self.total = self.total + pixels.sum(axis=0)
        self.count += len(pixels)

    def mean(self) -> NDArray[np.float32]:
        """[channels], in float32: what lies below depends on the order of summing."""
        return np.asarray(self.total / self.count, np.float32)
