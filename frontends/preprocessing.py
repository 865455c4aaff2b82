"""What is known of how the inputs of a model are prepared from recordings and images.

Frontends find it in models, users say it; `runtime/preprocessing` does it.
"""

from msgspec import Struct, convert


class Record(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """How an input is made."""


class Audio(Record, frozen=True, tag="audio"):
    """Mel-frequency cepstral coefficients of a recording, as TensorFlow has them.

    samples: of the recording; it is cut or filled up with silence.
    window, stride: of the spectrogram, in samples.
    squared: whether the spectrogram is of powers rather than of magnitudes.
    coefficients: that are kept of each window.
    bands: of the mel scale, between the frequencies `low` and `high` in Hz.
    rate: of the recordings that the model was trained on, in samples a second, as far
        as it can be told; models do not say it.
    """

    samples: int
    window: int
    stride: int
    squared: bool
    coefficients: int
    bands: int
    low: float
    high: float
    rate: int | None = None


class Image(Record, frozen=True, tag="image"):
    """Pixels from 0 to 255 as a model takes them: `(pixel - mean) * scale`.

    mean, scale: one number for each channel, or one for all, in the order of the model.
    channels: "RGB", "BGR" or "GREY".
    layout: "NHWC" or "NCHW".
    resize: the shorter side is scaled to so many pixels first, and the middle of the
        image is taken; 0: the whole image is scaled to what the model takes.
    """

    mean: tuple[float, ...] = (0.0,)
    scale: tuple[float, ...] = (1.0,)
    channels: str = "RGB"
    layout: str = "NHWC"
    resize: int = 0


Preprocessing = Audio | Image


def image_of(
    mean: tuple[float, ...] | None,
    scale: tuple[float, ...] | None,
    channels: str | None,
    resize: int | None,
) -> Image | None:
    """What a user says of images; None if nothing is said."""
    said = {"mean": mean, "scale": scale, "channels": channels, "resize": resize}
    known = {name: value for name, value in said.items() if value is not None}
    return convert(known, Image) if known else None
