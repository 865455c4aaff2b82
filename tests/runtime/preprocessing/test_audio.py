"""Features of recordings, derived again from scipy's transforms and plain loops."""

import wave
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.fft import dct, rfft
from scipy.signal import get_window

from aipu.errors import AipuError
from aipu.frontends.preprocessing import Audio
from aipu.runtime.preprocessing.audio import features
from aipu.runtime.preprocessing.wav_file import read_wav

AUDIO = Audio(
    samples=16000,
    window=640,
    stride=320,
    squared=True,
    coefficients=10,
    bands=40,
    low=20.0,
    high=4000.0,
)
RATE = 16000


def mel(hertz: float) -> float:
    return 1127 * log(1 + hertz / 700)


def bands_of(magnitudes: np.ndarray) -> np.ndarray:
    """Triangles of height 1 on the mel scale, band by band."""
    step = RATE / 2 / (len(magnitudes) - 1)
    spacing = (mel(AUDIO.high) - mel(AUDIO.low)) / (AUDIO.bands + 1)
    found = np.zeros(AUDIO.bands)
    for bin_, magnitude in enumerate(magnitudes):
        hertz = bin_ * step
        if not AUDIO.low < hertz <= AUDIO.high:
            continue
        for band in range(AUDIO.bands):
            peak = mel(AUDIO.low) + (band + 1) * spacing
            found[band] += magnitude * max(1 - abs(mel(hertz) - peak) / spacing, 0)
    return found


def expected(recording: np.ndarray) -> np.ndarray:
    window = get_window("hann", AUDIO.window, fftbins=True)
    rows = []
    for start in range(0, AUDIO.samples - AUDIO.window + 1, AUDIO.stride):
        part = recording[start : start + AUDIO.window].astype(np.float64)
        magnitudes = np.abs(np.asarray(rfft(part * window, 1024)))
        logarithms = np.log(np.maximum(bands_of(magnitudes), 1e-12))
        # scipy's sum is of 2 cos.
        transformed = np.asarray(dct(logarithms, type=2))[: AUDIO.coefficients] / 2
        rows.append(transformed * sqrt(2 / AUDIO.bands))
    return np.stack(rows)


@pytest.fixture
def recording() -> np.ndarray:
    """A falling tone in noise."""
    time = np.arange(AUDIO.samples) / RATE
    noise = np.random.default_rng(0).standard_normal(len(time)) * 0.01
    tone = 0.5 * np.sin(2 * np.pi * 800 * time * np.exp(-time))
    return (tone + noise).astype(np.float32)


def test_features_of_a_tone(recording):
    found = features(AUDIO, recording, RATE)
    assert found.shape == (1, 49, 10)
    assert found.dtype == np.float32
    assert np.abs(found[0] - expected(recording)).max() < 1e-3


def test_silence_is_at_the_floor():
    found = features(AUDIO, np.zeros(AUDIO.samples, np.float32), RATE)
    assert np.allclose(found[0, :, 0], log(1e-12) * sqrt(2 * AUDIO.bands), rtol=1e-6)
    assert np.abs(found[0, :, 1:]).max() < 1e-4
    assert exp(log(1e-12)) == pytest.approx(1e-12)


def test_a_short_recording_is_filled_up_and_a_long_one_cut(recording):
    short = features(AUDIO, recording[:8000], RATE)
    silent = np.concatenate([recording[:8000], np.zeros(8000, np.float32)])
    assert np.array_equal(short, features(AUDIO, silent, RATE))
    longer = np.concatenate([recording, recording])
    whole = features(AUDIO, recording, RATE)
    assert np.array_equal(features(AUDIO, longer, RATE), whole)


def write_wav(
    path, samples: np.ndarray, channels: int = 1, width: int = 2, rate: int = RATE
):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def test_a_wav_file(tmp_path):
    samples = np.array([0, 1, -1, 32767, -32768], "<i2")
    found, rate, channels = read_wav(write_wav(tmp_path / "x.wav", samples), 4)
    assert (rate, channels) == (RATE, 1)
    assert found.tolist() == [0, 1 / 32768, -1 / 32768, 32767 / 32768]


def test_the_mean_of_two_channels(tmp_path):
    samples = np.array([[1, 7], [2, 7], [3, 32767]], "<i2")
    found, _, channels = read_wav(write_wav(tmp_path / "x.wav", samples, 2), 100)
    assert (found * 32768).tolist() == [4, 4.5, 16385]
    assert channels == 2


def test_so_much_is_read_as_is_needed_at_another_rate(tmp_path):
    samples = np.arange(1000, dtype="<i2")
    path = write_wav(tmp_path / "x.wav", samples)
    assert len(read_wav(path, 100, RATE).samples) == 100
    assert len(read_wav(path, 100, RATE // 2).samples) == 200
    assert len(read_wav(path, 100, 3 * RATE).samples) == 34


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "not a .wav"), (b"RIFFxxxxWAVE", "not a .wav"), (b"hello", "not a .wav")],
)
def test_other_files_are_refused(tmp_path, content, message):
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(AipuError, match=message) as caught:
        read_wav(path, 10)
    assert caught.value.place == str(path)


def test_a_recording_that_is_cut_short_is_refused(tmp_path):
    path = write_wav(tmp_path / "x.wav", np.zeros(100, np.int16))
    path.write_bytes(path.read_bytes()[:-150])
    with pytest.raises(AipuError, match="50 bytes of samples, and promises 200"):
        read_wav(path, 100)
    assert len(read_wav(path, 25)[0]) == 25


def test_other_samples_are_refused(tmp_path):
    path = write_wav(tmp_path / "x.wav", np.zeros(10, np.uint8), width=1)
    with pytest.raises(AipuError, match="samples of 8 bits"):
        read_wav(path, 10)


@pytest.mark.parametrize("rate", [1, 999, 1_000_001])
def test_a_rate_that_no_recording_has_is_refused(tmp_path, rate):
    path = write_wav(tmp_path / "x.wav", np.zeros(10, np.int16), rate=rate)
    with pytest.raises(AipuError, match=f"at {rate} Hz"):
        read_wav(path, 10, RATE)


def test_no_such_recording(tmp_path):
    with pytest.raises(AipuError, match="no such file"):
        read_wav(tmp_path / "x.wav", 10)
