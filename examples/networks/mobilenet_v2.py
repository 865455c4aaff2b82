"""MobileNet v2: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear
bottlenecks", table 2."""

import numpy as np
from onnx import ModelProto, numpy_helper

from .network import Network

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""By how much channels are widened, those after a block, blocks, the first's stride."""

RESIDUAL_GAIN = 0.35
"""Of a batch norm before a sum, so that blocks do not make the values grow."""


def mobilenet_v2(seed: int) -> ModelProto:
    """MobileNet v2: input [1, 3, 224, 224], output [1, 1000], probabilities."""
    network = Network(seed)
    for name, bound in (("zero", 0), ("six", 6)):
        array = np.array(bound, np.float32)
        network.weights.append(numpy_helper.from_array(array, name))
    ofm, channels = _activated(network, "stem", "input", (3, 32), 3, 2), 32
    number = 0
    for widened, after, blocks, first_stride in STAGES:
        for block in range(blocks):
            stride, number = first_stride if block == 0 else 1, number + 1
            inside = (channels, widened * channels, after)
            ofm = _block(network, f"block{number}", ofm, inside, stride)
            channels = after
    ofm = _activated(network, "head", ofm, (channels, 1280), 1)
    network.classifier(ofm, 1280, 1000)
    return network.model("mobilenet_v2", (1, 3, 224, 224), 1000)


def _block(
    network: Network, name: str, ifm: str, channels: tuple[int, int, int], stride: int
) -> str:
    """Wide, each channel by itself, narrow again; the sum of both where they agree."""
    before, inside, after = channels
    ofm = ifm
    if inside != before:
        ofm = _activated(network, f"{name}.widen", ofm, (before, inside), 1)
    both = (inside, inside)
    ofm = _activated(network, f"{name}.depthwise", ofm, both, 3, stride, inside)
    ofm = network.conv(f"{name}.narrow", ofm, (inside, after), 1)
    gain = RESIDUAL_GAIN if before == after and stride == 1 else 1.0
    ofm = network.norm(f"{name}.narrow_norm", ofm, after, gain)
    if before == after and stride == 1:
        ofm = network.node("Add", name, ofm, ifm)
    return ofm


def _activated(
    network: Network,
    name: str,
    ifm: str,
    channels: tuple[int, int],
    kernel: int,
    stride: int = 1,
    groups: int = 1,
) -> str:
    ofm = network.conv(f"{name}.conv", ifm, channels, kernel, stride, groups=groups)
    ofm = network.norm(f"{name}.norm", ofm, channels[1])
    return network.node("Clip", name, ofm, "zero", "six")
