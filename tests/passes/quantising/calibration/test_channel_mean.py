"""The mean of channels, over all batches."""

import numpy as np
import pytest

from aipu.passes.quantising.calibration.channel_mean import ChannelMean


@pytest.mark.parametrize("shape", [(2, 3, 3, 5), (4, 5)])
def test_is_the_mean_of_all_batches(shape):
    batches = np.random.default_rng(0).normal(2, 1, (6, *shape))
    observed = ChannelMean()
    for batch in batches:
        observed.see(batch)
    everything = batches.reshape(-1, shape[-1])
    assert observed.mean() == pytest.approx(everything.mean(axis=0), rel=1e-6)
    assert observed.mean().dtype == np.float32
