"""Well-known networks, each written from its paper, with weights drawn at random.

Their values say nothing; what they cost on a machine is what the real ones cost.
`aipu bench` knows them by these names, which are those of ncnn's benchmark.
"""

from collections.abc import Callable, Mapping

from onnx import ModelProto

from .ds_cnn import ds_cnn_s
from .mobilenet_v1 import mobilenet_v1
from .mobilenet_v2 import mobilenet_v2
from .mobilenet_v3 import mobilenet_v3
from .resnet import resnet18, resnet50_v1

NETWORKS: Mapping[str, Callable[[int], ModelProto]] = {
    "ds_cnn_s": ds_cnn_s,
    "mobilenet": mobilenet_v1,
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3": mobilenet_v3,
    "resnet18": resnet18,
    "resnet50": resnet50_v1,
}
"""From a seed to a model."""
