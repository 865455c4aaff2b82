"""Networks of the kinds that people bring, small, as PyTorch modules."""

from aipu.tests.frontends.pytorch.exporting import torch

nn = torch.nn
functional = torch.nn.functional


class Block(nn.Module):
    """Two convolutions and a shortcut, which may be of fewer, narrower channels.

    He et al. 2016, figure 2; the shortcut is their option A.
    """

    def __init__(self, ifm: int, ofm: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(ifm, ofm, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(ofm)
        self.conv2 = nn.Conv2d(ofm, ofm, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(ofm)
        self.stride, self.wider = stride, ofm - ifm

    def forward(self, x):
        seen = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        shortcut = x[:, :, :: self.stride, :: self.stride]
        if self.wider:
            half = self.wider // 2
            shortcut = functional.pad(shortcut, (0, 0, 0, 0, half, half))
        return functional.relu(self.bn2(self.conv2(seen)) + shortcut)


class ResNet(nn.Module):
    """A residual network for small images; `depth` blocks in each layer."""

    def __init__(self, depth: int = 3):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*(Block(16, 16, 1) for _ in range(depth)))
        self.layer2 = self._layer(16, 32, depth)
        self.layer3 = self._layer(32, 64, depth)
        self.linear = nn.Linear(64, 10)

    def _layer(self, ifm: int, ofm: int, depth: int):
        rest = (Block(ofm, ofm, 1) for _ in range(depth - 1))
        return nn.Sequential(Block(ifm, ofm, 2), *rest)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = functional.avg_pool2d(x, x.size()[3])
        return self.linear(x.view(x.size(0), -1))


class Squeezed(nn.Module):
    """Channels weighed by what is in the whole map; Hu et al. 2018."""

    def __init__(self, channels: int):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.down = nn.Conv2d(channels, channels // 4, 1)
        self.up = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        weighed = functional.relu(self.down(self.pool(x)))
        return x * functional.hardsigmoid(self.up(weighed))


class Inverted(nn.Module):
    """Wide in the middle, depthwise, with a shortcut; Howard et al. 2019."""

    def __init__(self, ifm: int, wide: int, ofm: int, stride: int):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(ifm, wide, 1, bias=False), nn.BatchNorm2d(wide)),
            nn.Hardswish(inplace=True),
            nn.Conv2d(wide, wide, 5, stride, 2, groups=wide, bias=False),
            *(nn.BatchNorm2d(wide), nn.Hardswish(inplace=True), Squeezed(wide)),
            *(nn.Conv2d(wide, ofm, 1, bias=False), nn.BatchNorm2d(ofm)),
        )
        self.shortcut = stride == 1 and ifm == ofm

    def forward(self, x):
        return x + self.layers(x) if self.shortcut else self.layers(x)


def mobile_net():
    """A small network in the manner of MobileNetV3."""
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.Hardswish()),
        *(Inverted(16, 64, 24, 2), Inverted(24, 72, 24, 1), Inverted(24, 96, 40, 2)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(40, 64), nn.Hardswish()),
        *(nn.Dropout(0.2, inplace=True), nn.Linear(64, 10)),
    )


class VisionTransformer(nn.Module):
    """Patches of an image through an encoder; Dosovitskiy et al. 2021."""

    def __init__(self, patch: int = 8, width: int = 32, depth: int = 2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (32 // patch) ** 2 + 1, width))
        layer = nn.TransformerEncoderLayer(
            width, 4, 2 * width, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        patches = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(x), -1, -1), patches], 1)
        return self.head(self.encoder(tokens + self.positions)[:, 0])


class UNet(nn.Module):
    """Down and up again, with what was there before; Ronneberger et al. 2015."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, padding=1)
        self.deep = nn.Conv2d(8, 16, 3, padding=1)
        self.up = nn.ConvTranspose2d(16, 8, 2, 2)
        self.last = nn.Conv2d(16, 2, 1)

    def forward(self, x):
        wide = functional.leaky_relu(self.down(x))
        deep = functional.silu(self.deep(functional.max_pool2d(wide, 2)))
        bigger = functional.interpolate(
            self.last(torch.cat([wide, self.up(deep)], 1)),
            scale_factor=2,
            mode="bilinear",
        )
        return functional.log_softmax(bigger, 1)
