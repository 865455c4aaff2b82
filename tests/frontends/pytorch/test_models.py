"""Whole networks: what they compute here and in torch, on the same inputs."""

import pytest

from aipu.frontends.onnx.importer import import_onnx
from aipu.tests.frontends.pytorch.exporting import (
    check,
    error,
    exported,
    imported,
    reference,
    results,
    torch,
)
from aipu.tests.frontends.pytorch.networks import (
    ResNet,
    UNet,
    VisionTransformer,
    mobile_net,
)

TOLERANCE = 1e-4

NETWORKS = {
    "resnet": lambda: ResNet(depth=1),
    "mobilenet": mobile_net,
    "vit": VisionTransformer,
    "unet": UNet,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_network_with_random_weights(name):
    check(NETWORKS[name](), torch.randn(2, 3, 32, 32))


def test_a_batch_is_its_images():
    """The reshapes of this program are written for a batch of one."""
    images = torch.randn(2, 3, 32, 32)
    network = ResNet(depth=1)
    model = imported(exported(network, [images[:1]]), batch=2)
    assert error(results(model, [images]), reference(network, [images])) < TOLERANCE


def test_resnet20(shared):
    path = shared / "models/cifar_resnet/resnet20-12fca82f.th"
    stored = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    network = ResNet(depth=3)
    network.load_state_dict(
        {name.removeprefix("module."): value for name, value in stored.items()},
        strict=False,
    )
    images = torch.randn(2, 3, 32, 32)
    model = imported(exported(network, [images]))
    found = results(model, [images])
    assert error(found, reference(network, [images])) < TOLERANCE
    onnx = import_onnx(shared / "models/cifar_resnet/resnet20.onnx", batch=2)
    assert error(found, results(onnx, [images])) < TOLERANCE
