"""Features of a recording: mel-frequency cepstral coefficients, as TensorFlow has them.

A network that was trained on these knows no others, so every step is the one of
TensorFlow's kernels, in float64 with its float32 in between. Sources:
tensorflow/core/kernels/spectrogram.cc, mfcc.cc, mfcc_mel_filterbank.cc, mfcc_dct.cc.
"""

import numpy as np

from ...frontends.preprocessing import Audio

FLOOR = 1e-12
"""Below what a band cannot be before its logarithm is taken."""


def features(audio: Audio, recording: np.ndarray, rate: int) -> np.ndarray:
    """The features that a network takes.

    Args:
        audio: how they are computed.
        recording: samples from -1 to 1, of any number.
        rate: samples in a second.

    Returns:
        [1, windows, coefficients], float32.
    """
    powers = spectrogram(audio, _of_length(recording, audio.samples))
    weights = mel_weights(powers.shape[1], audio, rate)
    bands = np.sqrt(powers.astype(np.float64)) @ weights
    logarithms = np.log(np.maximum(bands, FLOOR))
    coefficients = logarithms @ cosines(audio.bands, audio.coefficients)
    return coefficients[np.newaxis].astype(np.float32)


def spectrogram(audio: Audio, recording: np.ndarray) -> np.ndarray:
    """The power of each frequency in each window, [windows, frequencies], float32."""
    windows = np.lib.stride_tricks.sliding_window_view(recording, audio.window)
    windows = windows[:: audio.stride].astype(np.float64) * hann(audio.window)
    size = 1 << (audio.window - 1).bit_length()
    powers = np.abs(np.fft.rfft(windows, size)) ** 2
    return (powers if audio.squared else np.sqrt(powers)).astype(np.float32)


def hann(size: int) -> np.ndarray:
    """`(1 - cos(2 pi i / size)) / 2`, the window that repeats after `size`."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)


def mel(frequency: np.ndarray) -> np.ndarray:
    """Where a frequency in Hz lies on the mel scale."""
    return 1127 * np.log1p(frequency / 700)


def mel_weights(frequencies: int, audio: Audio, rate: int) -> np.ndarray:
    """What each frequency adds to each band, [frequencies, bands].

    Bands are triangles on the mel scale, each from the peak of the one before to that
    of the one after. Frequencies outside of the limits add to none.
    """
    step = 0.5 * rate / (frequencies - 1)
    low, high = mel(np.array([audio.low, audio.high]))
    peaks = np.linspace(low, high, audio.bands + 2)
    positions = mel(np.arange(frequencies) * step)[:, np.newaxis]
    rising = (positions - peaks[:-2]) / (peaks[1:-1] - peaks[:-2])
    falling = (peaks[2:] - positions) / (peaks[2:] - peaks[1:-1])
    weights = np.maximum(np.minimum(rising, falling), 0)
    # The limits are of whole frequencies, rounded as TensorFlow does.
    weights[: int(1.5 + audio.low / step)] = 0
    weights[int(audio.high / step) + 1 :] = 0
    return weights


def cosines(bands: int, coefficients: int) -> np.ndarray:
    """The cosine transform of the second kind, [bands, coefficients]."""
    at = np.arange(bands)[:, np.newaxis] + 0.5
    waves = np.cos(np.pi / bands * at * np.arange(coefficients))
    return np.sqrt(2 / bands) * waves


def _of_length(recording: np.ndarray, samples: int) -> np.ndarray:
    """Cut, or filled up with silence."""
    cut = recording[:samples]
    return np.pad(cut, (0, samples - len(cut)))
