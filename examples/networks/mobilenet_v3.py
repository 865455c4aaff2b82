"""MobileNet v3: Howard et al. 2019, "Searching for MobileNetV3", table 1 (large)."""

from typing import NamedTuple

from onnx import ModelProto

from .network import Network


class Block(NamedTuple):
    """A block: its kernel, its channels inside and after, what it gates and how."""

    kernel: int
    inside: int
    after: int
    gated: bool
    activation: str
    stride: int


RELU, HARD_SWISH = "relu", "hard-swish"
BLOCKS = (
    Block(3, 16, 16, False, RELU, 1),
    Block(3, 64, 24, False, RELU, 2),
    Block(3, 72, 24, False, RELU, 1),
    Block(5, 72, 40, True, RELU, 2),
    Block(5, 120, 40, True, RELU, 1),
    Block(5, 120, 40, True, RELU, 1),
    Block(3, 240, 80, False, HARD_SWISH, 2),
    Block(3, 200, 80, False, HARD_SWISH, 1),
    Block(3, 184, 80, False, HARD_SWISH, 1),
    Block(3, 184, 80, False, HARD_SWISH, 1),
    Block(3, 480, 112, True, HARD_SWISH, 1),
    Block(3, 672, 112, True, HARD_SWISH, 1),
    Block(5, 672, 160, True, HARD_SWISH, 2),
    Block(5, 960, 160, True, HARD_SWISH, 1),
    Block(5, 960, 160, True, HARD_SWISH, 1),
)

SQUEEZE = 4
"""How many channels one of a gate stands for; their number is a multiple of 8."""

RESIDUAL_GAIN = 0.35
"""Of a batch norm before a sum, so that blocks do not make the values grow."""


def mobilenet_v3(seed: int) -> ModelProto:
    """MobileNet v3: input [1, 3, 224, 224], output [1, 1000], probabilities."""
    network = Network(seed)
    ofm = network.conv("stem.conv", "input", (3, 16), 3, 2)
    ofm = _activate(network, "stem", network.norm("stem.norm", ofm, 16), HARD_SWISH)
    channels = 16
    for number, block in enumerate(BLOCKS, start=1):
        ofm = _block(network, f"block{number}", ofm, channels, block)
        channels = block.after
    ofm = network.conv("head.conv", ofm, (channels, 960), 1)
    ofm = _activate(network, "head", network.norm("head.norm", ofm, 960), HARD_SWISH)
    ofm = network.node("GlobalAveragePool", "head.pool", ofm)
    ofm = network.conv("last.conv", ofm, (960, 1280), 1, bias=True)
    ofm = _activate(network, "last", ofm, HARD_SWISH)
    network.classifier(ofm, 1280, 1000)
    return network.model("mobilenet_v3", (1, 3, 224, 224), 1000)


def _block(network: Network, name: str, ifm: str, before: int, block: Block) -> str:
    """Wide, each channel by itself, gated, narrow again, perhaps added to its input."""
    inside, after = block.inside, block.after
    residual = before == after and block.stride == 1
    ofm = ifm
    if inside != before:
        ofm = network.conv(f"{name}.widen.conv", ofm, (before, inside), 1)
        ofm = network.norm(f"{name}.widen.norm", ofm, inside)
        ofm = _activate(network, f"{name}.widen", ofm, block.activation)
    ofm = network.conv(
        f"{name}.depthwise.conv",
        ofm,
        (inside, inside),
        block.kernel,
        block.stride,
        groups=inside,
    )
    ofm = network.norm(f"{name}.depthwise.norm", ofm, inside)
    if block.gated:
        ofm = _gate(network, f"{name}.gate", ofm, inside)
    ofm = _activate(network, f"{name}.depthwise", ofm, block.activation)
    ofm = network.conv(f"{name}.narrow", ofm, (inside, after), 1)
    gain = RESIDUAL_GAIN if residual else 1.0
    ofm = network.norm(f"{name}.narrow_norm", ofm, after, gain)
    return network.node("Add", name, ofm, ifm) if residual else ofm


def _gate(network: Network, name: str, ifm: str, channels: int) -> str:
    """Each channel by how much of it all channels' means ask for."""
    few = max(8, (channels // SQUEEZE + 4) // 8 * 8)
    ofm = network.node("GlobalAveragePool", f"{name}.mean", ifm)
    ofm = network.conv(f"{name}.squeeze", ofm, (channels, few), 1, bias=True)
    ofm = network.node("Relu", f"{name}.relu", ofm)
    ofm = network.conv(f"{name}.excite", ofm, (few, channels), 1, bias=True)
    ofm = network.node("HardSigmoid", f"{name}.share", ofm, alpha=1 / 6, beta=0.5)
    return network.node("Mul", name, ifm, ofm)


def _activate(network: Network, name: str, ifm: str, activation: str) -> str:
    if activation == RELU:
        return network.node("Relu", name, ifm)
    share = network.node("HardSigmoid", f"{name}.share", ifm, alpha=1 / 6, beta=0.5)
    return network.node("Mul", name, ifm, share)
