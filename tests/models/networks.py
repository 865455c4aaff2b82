"""The models that the compiler must master, and how each is built.

The light ones come with the onnx package: real graphs whose weights are drawn here. The
trained ones lie in ../shared/models.
"""

from pathlib import Path
from typing import NamedTuple

import onnx

LIGHT_FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


class Network(NamedTuple):
    """A model file, and the target that it is built for."""

    file: str
    target: str = "r329"

    @property
    def name(self) -> str:
        return Path(self.file).stem

    @property
    def is_light(self) -> bool:
        return self.name.startswith("light_")


NETWORKS = [
    Network("light_bvlc_alexnet.onnx"),
    Network("light_densenet121.onnx"),
    Network("light_inception_v1.onnx"),
    Network("light_inception_v2.onnx"),
    Network("light_resnet50.onnx"),
    Network("light_shufflenet.onnx"),
    Network("light_squeezenet.onnx"),
    Network("light_vgg19.onnx", target="tpu-256x256"),
    Network("light_zfnet512.onnx"),
    Network("mobilenet_v2/mobilenet_v2.onnx"),
    Network("efficientnet_lite0/efficientnet_lite0.onnx"),
    Network("cifar_resnet/resnet20.onnx"),
    Network("mnist/mnist.onnx"),
    Network("ultraface/version-RFB-320.onnx"),
]
