"""The nodes that make features of a recording, which the machine does not run."""

from collections.abc import Mapping

from ...dialects.nn.shapes import Shape
from ...errors import AipuError
from ..preprocessing import Audio
from .graph_def import NodeDef, Reference

FEATURES = "Mfcc"
SPEECH = 16000
"""Samples a second of what most networks for speech are trained on."""

ONE_SECOND = (8000, 16000, 22050, 44100)


def audio_inputs(nodes: Mapping[str, NodeDef]) -> dict[Reference, Audio]:
    """Where a graph has features of a recording, and how they are computed.

    Raises:
        AipuError: an attribute is missing.
    """
    return {
        Reference(node.name): _audio(nodes, node)
        for node in nodes.values()
        if node.operator == FEATURES and _recording(nodes, node) is not None
    }


def features_shape(audio: Audio) -> Shape:
    """Channel, windows, coefficients."""
    windows = 1 + (audio.samples - audio.window) // audio.stride
    return (1, windows, audio.coefficients)


def _audio(nodes: Mapping[str, NodeDef], node: NodeDef) -> Audio:
    spectrogram = nodes[node.inputs[0].node]
    recording = _recording(nodes, node)
    assert recording is not None
    samples = _integer(recording, "desired_samples", -1)
    high = _real(node, "upper_frequency_limit", 4000.0)
    audio = Audio(
        samples=samples,
        window=_integer(spectrogram, "window_size", 0),
        stride=_integer(spectrogram, "stride", 0),
        squared=spectrogram.attributes.get("magnitude_squared", False) is True,
        coefficients=_integer(node, "dct_coefficient_count", 13),
        bands=_integer(node, "filterbank_channel_count", 40),
        low=_real(node, "lower_frequency_limit", 20.0),
        high=high,
        rate=usual_rate(samples, high),
    )
    sizes = (audio.window, audio.stride, audio.coefficients, audio.bands)
    if min(sizes) < 1 or audio.samples < audio.window:
        raise AipuError(
            f"no window of {audio.window} samples in steps of {audio.stride} fits "
            f"a recording of {audio.samples}",
            place=spectrogram.place,
            remedy="cut the graph behind it, and name the shape: --input, --shape",
        )
    return audio


def usual_rate(samples: int, high: float) -> int | None:
    """The rate of clips of so many samples, of which frequencies up to `high` count.

    Clips last a second, or some halves of one at the rate of speech.
    """
    if samples not in ONE_SECOND:
        halves = samples > 0 and samples % (SPEECH // 2) == 0
        rate = SPEECH if halves else None
    else:
        rate = samples
    return rate if rate is not None and high <= rate / 2 else None


def _recording(nodes: Mapping[str, NodeDef], node: NodeDef) -> NodeDef | None:
    """What decodes the recording that features are made of."""
    for operator in ("AudioSpectrogram", "DecodeWav"):
        source = nodes.get(node.inputs[0].node) if node.inputs else None
        if source is None or source.operator != operator:
            return None
        node = source
    return node


def _integer(node: NodeDef, name: str, default: int) -> int:
    found = node.attributes.get(name, default)
    if not isinstance(found, int):
        raise AipuError(f"its attribute '{name}' must be an integer", place=node.place)
    return found


def _real(node: NodeDef, name: str, default: float) -> float:
    found = node.attributes.get(name, default)
    if not isinstance(found, float):
        raise AipuError(f"its attribute '{name}' must be a real", place=node.place)
    return found
