"""DS-CNN: Zhang et al. 2017, "Hello Edge: keyword spotting on microcontrollers".

The small one: ten words, silence and the unknown, out of a second of speech as 49 rows
of 10 cepstral coefficients.
"""

from onnx import ModelProto

from .network import Network

CHANNELS = 64
BLOCKS = 4


def ds_cnn_s(seed: int) -> ModelProto:
    """DS-CNN, small: input [1, 1, 49, 10], output [1, 12], probabilities."""
    network = Network(seed)
    ofm = network.conv(
        "stem.conv", "input", (1, CHANNELS), (10, 4), 2, pads=(4, 1, 5, 1)
    )
    ofm = network.node("Relu", "stem", network.norm("stem.norm", ofm, CHANNELS))
    both = (CHANNELS, CHANNELS)
    for number in range(1, BLOCKS + 1):
        name = f"block{number}"
        ofm = network.conv(f"{name}.conv1", ofm, both, 3, groups=CHANNELS)
        ofm = network.norm(f"{name}.norm1", ofm, CHANNELS)
        ofm = network.node("Relu", f"{name}.relu1", ofm)
        ofm = network.conv(f"{name}.conv2", ofm, both, 1)
        ofm = network.node("Relu", name, network.norm(f"{name}.norm2", ofm, CHANNELS))
    network.classifier(ofm, CHANNELS, 12)
    return network.model("ds_cnn_s", (1, 1, 49, 10), 12)
