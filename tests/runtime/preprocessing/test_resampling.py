"""Recordings at another rate: tones stay tones, and what is too high goes."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from aipu.frontends.tensorflow.audio_front_end import usual_rate
from aipu.runtime.preprocessing.resampling import resampled

RATES = [(44100, 16000), (48000, 16000), (8000, 16000), (22050, 16000), (16000, 8000)]
EDGE = 400
"""Samples at both ends, where the silence around a recording is heard."""


def tone(hertz: float, rate: int, seconds: float = 0.5) -> np.ndarray:
    time = np.arange(int(rate * seconds)) / rate
    return np.sin(2 * np.pi * hertz * time).astype(np.float32)


@pytest.mark.parametrize(("rate", "wanted"), RATES)
@pytest.mark.parametrize("hertz", [50, 440, 3000])
def test_a_tone_is_the_same_tone(rate: int, wanted: int, hertz: float) -> None:
    found = resampled(tone(hertz, rate), rate, wanted)
    expected = tone(hertz, wanted)
    assert found.dtype == np.float32
    assert len(found) == len(expected)
    assert np.abs(found - expected)[EDGE:-EDGE].max() < 1e-4


@pytest.mark.parametrize(("rate", "wanted"), [(44100, 16000), (48000, 8000)])
def test_what_the_new_rate_cannot_hold_is_gone(rate: int, wanted: int) -> None:
    """It would come back as another tone."""
    found = resampled(tone(wanted * 0.6, rate), rate, wanted)
    assert np.abs(found[EDGE:-EDGE]).max() < 1e-4


def test_noise_is_as_scipy_has_it() -> None:
    """Its filter is a shorter one, so both are given what lies well within."""
    noise = np.random.default_rng(0).standard_normal(4410)
    smooth = np.convolve(noise, np.hanning(63) / np.hanning(63).sum(), "same")
    found = resampled(smooth.astype(np.float32), 44100, 16000)
    expected = resample_poly(smooth, 160, 441)
    assert np.abs(found - expected)[EDGE:-EDGE].max() < 2e-3 * np.abs(expected).max()


def test_a_rate_that_is_right_changes_nothing() -> None:
    samples = tone(440, 16000)
    assert resampled(samples, 16000, 16000) is samples
    assert len(resampled(samples[:0], 44100, 16000)) == 0


@pytest.mark.parametrize(
    ("samples", "high", "rate"),
    [
        (16000, 4000, 16000),
        (8000, 4000, 8000),
        (32000, 7600, 16000),
        (24000, 8000, 16000),
        (44100, 20000, 44100),
        (16000, 9000, None),
        (1000, 4000, None),
        (-1, 4000, None),
    ],
)
def test_the_length_of_clips_suggests_a_rate(samples, high, rate) -> None:
    assert usual_rate(samples, high) == rate
