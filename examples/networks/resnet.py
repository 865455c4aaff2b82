"""ResNet v1: He et al. 2015, "Deep residual learning for image recognition", table 1.

v1 halves the feature map in the first convolution of a stage; v1.5, the later variant,
in its 3x3.
"""

from onnx import ModelProto

from .network import Network

STAGES_50 = ((3, 64, 256), (4, 128, 512), (6, 256, 1024), (3, 512, 2048))
"""Blocks, and the channels inside and after them."""

STAGES_18 = ((2, 64), (2, 128), (2, 256), (2, 512))
"""Blocks, and their channels."""

RESIDUAL_GAIN = 0.35
"""Of a batch norm before a sum, so that 16 blocks do not make the values grow."""


def resnet50_v1(seed: int) -> ModelProto:
    """ResNet-50: input [1, 3, 224, 224], output [1, 1000], probabilities."""
    network = Network(seed)
    ofm, channels = _stem(network), 64
    for stage, (blocks, inside, after) in enumerate(STAGES_50, start=1):
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 1 else 1
            name = f"stage{stage}.block{block}"
            ofm = _bottleneck(network, name, ofm, (channels, inside, after), stride)
            channels = after
    network.classifier(ofm, channels, 1000)
    return network.model("resnet50_v1", (1, 3, 224, 224), 1000)


def resnet18(seed: int) -> ModelProto:
    """ResNet-18: input [1, 3, 224, 224], output [1, 1000], probabilities."""
    network = Network(seed)
    ofm, channels = _stem(network), 64
    for stage, (blocks, after) in enumerate(STAGES_18, start=1):
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 1 else 1
            name = f"stage{stage}.block{block}"
            ofm = _basic(network, name, ofm, (channels, after), stride)
            channels = after
    network.classifier(ofm, channels, 1000)
    return network.model("resnet18", (1, 3, 224, 224), 1000)


def _stem(network: Network) -> str:
    ofm = network.conv("stem.conv", "input", (3, 64), 7, 2)
    ofm = network.node("Relu", "stem.relu", network.norm("stem.norm", ofm, 64))
    window = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    return network.node("MaxPool", "stem.pool", ofm, **window)


def _bottleneck(
    network: Network, name: str, ifm: str, channels: tuple[int, int, int], stride: int
) -> str:
    """`relu(conv3(conv2(conv1(ifm))) + ifm)`, projected where the shapes differ."""
    before, inside, after = channels
    branch = network.conv(f"{name}.conv1", ifm, (before, inside), 1, stride)
    branch = network.norm(f"{name}.norm1", branch, inside)
    branch = network.node("Relu", f"{name}.relu1", branch)
    branch = network.conv(f"{name}.conv2", branch, (inside, inside), 3)
    branch = network.norm(f"{name}.norm2", branch, inside)
    branch = network.node("Relu", f"{name}.relu2", branch)
    branch = network.conv(f"{name}.conv3", branch, (inside, after), 1)
    branch = network.norm(f"{name}.norm3", branch, after, RESIDUAL_GAIN)
    if before != after:
        ifm = _projection(network, name, ifm, (before, after), stride)
    return network.node("Relu", name, network.node("Add", f"{name}.add", branch, ifm))


def _basic(
    network: Network, name: str, ifm: str, channels: tuple[int, int], stride: int
) -> str:
    """`relu(conv2(conv1(ifm)) + ifm)`, projected where the shapes differ."""
    before, after = channels
    branch = network.conv(f"{name}.conv1", ifm, (before, after), 3, stride)
    branch = network.norm(f"{name}.norm1", branch, after)
    branch = network.node("Relu", f"{name}.relu1", branch)
    branch = network.conv(f"{name}.conv2", branch, (after, after), 3)
    branch = network.norm(f"{name}.norm2", branch, after, RESIDUAL_GAIN)
    if before != after:
        ifm = _projection(network, name, ifm, (before, after), stride)
    return network.node("Relu", name, network.node("Add", f"{name}.add", branch, ifm))


def _projection(
    network: Network, name: str, ifm: str, channels: tuple[int, int], stride: int
) -> str:
    ofm = network.conv(f"{name}.projection", ifm, channels, 1, stride)
    return network.norm(f"{name}.projection_norm", ofm, channels[1], RESIDUAL_GAIN)
