"""Recordings in `.wav` files: samples of 16 bits."""

import wave
from pathlib import Path

import numpy as np

from ...errors import AipuError

BYTES = 2
"""In a sample; the only width that TensorFlow's DecodeWav knows too."""


def read_wav(path: Path, most: int) -> tuple[np.ndarray, int]:
    """At most so many samples of the first channel, and samples in a second.

    Returns:
        float32 from -1 to 1.

    Raises:
        AipuError: there is no such file, or it is of another format, or damaged.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels = file.getsampwidth(), file.getnchannels()
            rate = file.getframerate()
            promised = min(file.getnframes(), most) * width * channels
            content = file.readframes(most)
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
    if width != BYTES or rate < 1:
        raise AipuError(
            f"samples of {8 * width} bits at {rate} Hz",
            place=str(path),
            remedy="expected PCM samples of 16 bits: convert it",
        )
    if len(content) < promised:
        raise AipuError(
            f"it has {len(content)} bytes of samples, and promises {promised}",
            place=str(path),
            remedy="the file may be cut short",
        )
    whole = len(content) // (BYTES * channels) * channels
    samples = np.frombuffer(content, "<i2", whole).reshape(-1, channels)
    return samples[:, 0].astype(np.float32) / 32768, rate
