"""ResNet-50's 54 layers of MACs, as the literature names and counts them.

Version 1 (He et al., 2015) halves a stage's extent in its first 1x1 convolution,
version 1.5 (torchvision) in the 3x3. 224 x 224 pixels in, 1000 classes out.
"""

from collections.abc import Iterator
from typing import NamedTuple


class Product(NamedTuple):
    """A layer as a matrix product, and the bytes of its ifm that it reads."""

    name: str
    pixels: int
    reduction: int
    channels: int
    ifm_bytes: int

    @property
    def weight_bytes(self) -> int:
        return self.reduction * self.channels

    @property
    def ofm_bytes(self) -> int:
        return self.pixels * self.channels

    @property
    def macs(self) -> int:
        return self.pixels * self.reduction * self.channels


def resnet50(version: str = "v1") -> list[Product]:
    """The layers in the order in which they run."""
    layers = [Product("Conv1", 112 * 112, 7 * 7 * 3, 64, 224 * 224 * 3)]
    extent, ifm_channels = 56, 64
    for stage, blocks in zip("2345", (3, 4, 6, 3), strict=True):
        width = 64 << (int(stage) - 2)
        for block in "abcdef"[:blocks]:
            stride = 2 if block == "a" and stage != "2" else 1
            name = f"{'C' if block == 'a' else 'I'}B{stage}{block}"
            layers += bottleneck(name, version, extent, ifm_channels, width, stride)
            extent, ifm_channels = extent // stride, 4 * width
    return [*layers, Product("FC6", 1, 2048, 1000, 2048)]


def bottleneck(
    name: str, version: str, extent: int, ifm_channels: int, width: int, stride: int
) -> Iterator[Product]:
    """1x1, 3x3, 1x1, and in the first block of a stage the 1x1 of the shortcut.

    A 1x1 convolution with a stride reads only the pixels that it uses.
    """
    small = (extent // stride) ** 2
    middle = small if version == "v1" else extent**2
    ofm_channels = 4 * width
    yield Product(f"{name}_1", middle, ifm_channels, width, middle * ifm_channels)
    yield Product(f"{name}_2", small, 9 * width, width, middle * width)
    yield Product(f"{name}_3", small, width, ofm_channels, small * width)
    if name.startswith("C"):
        shortcut = name.removesuffix("a") + "s"
        yield Product(shortcut, small, ifm_channels, ofm_channels, small * ifm_channels)


def residual_adds() -> list[tuple[str, int]]:
    """The additions that end the 16 blocks: the layer before, the bytes of a tensor."""
    return [
        (layer.name, layer.ofm_bytes)
        for layer in resnet50()
        if layer.name.endswith("_3")
    ]
