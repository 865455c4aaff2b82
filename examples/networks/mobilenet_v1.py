"""MobileNet: Howard et al. 2017, "MobileNets: efficient convolutional neural networks
for mobile vision applications", table 1."""

from onnx import ModelProto

from .network import Network

BLOCKS = (
    (64, 1),
    *((128, 2), (128, 1)),
    *((256, 2), (256, 1)),
    *((512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1)),
    *((1024, 2), (1024, 1)),
)
"""The channels after each pair of convolutions, and the stride of the first."""


def mobilenet_v1(seed: int) -> ModelProto:
    """MobileNet: input [1, 3, 224, 224], output [1, 1000], probabilities."""
    network = Network(seed)
    ofm, channels = network.conv("stem.conv", "input", (3, 32), 3, 2), 32
    ofm = network.node("Relu", "stem", network.norm("stem.norm", ofm, channels))
    for number, (after, stride) in enumerate(BLOCKS, start=1):
        name = f"block{number}"
        both = (channels, channels)
        ofm = network.conv(f"{name}.conv1", ofm, both, 3, stride, groups=channels)
        ofm = network.norm(f"{name}.norm1", ofm, channels)
        ofm = network.node("Relu", f"{name}.relu1", ofm)
        ofm = network.conv(f"{name}.conv2", ofm, (channels, after), 1)
        ofm = network.node("Relu", name, network.norm(f"{name}.norm2", ofm, after))
        channels = after
    network.classifier(ofm, channels, 1000)
    return network.model("mobilenet_v1", (1, 3, 224, 224), 1000)
