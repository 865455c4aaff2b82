"""Recordings in `.wav` files: samples of 16 bits."""

import wave
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import AipuError

BYTES = 2
"""In a sample; the only width that TensorFlow's DecodeWav knows too."""


RATES = range(1000, 1_000_001)
"""Samples a second that a recording can have."""


class Recording(NamedTuple):
    """What is in a file.

    samples: [n] float32 from -1 to 1, the mean of its channels.
    rate: samples in a second; channels: in the file.
    """

    samples: np.ndarray
    rate: int
    channels: int


def read_wav(path: Path, most: int, rate: int | None = None) -> Recording:
    """A recording, as much of it as `most` samples are.

    Args:
        path: the file.
        most: samples at `rate`.
        rate: samples a second; None: as the file has them.

    Raises:
        AipuError: there is no such file, or it is of another format, or damaged.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels = file.getsampwidth(), file.getnchannels()
            own = file.getframerate()
            frames = ceil(most * own / rate) if rate and own in RATES else most
            promised = min(file.getnframes(), frames) * width * channels
            content = file.readframes(frames)
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except OSError as error:
        raise AipuError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except (wave.Error, EOFError) as error:
        raise AipuError(
            f"not a .wav file, or a damaged one: {error or 'it ends too soon'}",
            place=str(path),
            remedy="expected PCM samples of 16 bits",
        ) from error
    if width != BYTES or own not in RATES:
        raise AipuError(
            f"samples of {8 * width} bits at {own} Hz",
            place=str(path),
            remedy=f"expected PCM samples of 16 bits, {RATES[0]} to {RATES[-1]} Hz: "
            "convert it",
        )
    if len(content) < promised:
        raise AipuError(
            f"it has {len(content)} bytes of samples, and promises {promised}",
            place=str(path),
            remedy="the file may be cut short",
        )
    whole = len(content) // (BYTES * channels) * channels
    samples = np.frombuffer(content, "<i2", whole).reshape(-1, channels)
    mean = samples.astype(np.float32).mean(1, dtype=np.float32)
    return Recording(mean / 32768, own, channels)
