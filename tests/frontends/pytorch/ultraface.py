"""UltraFace RFB-320, a face detector, as a PyTorch module.

The layers and their names are those of the published state dict, their order and
strides those of the published ONNX file.
"""

from pathlib import Path

from aipu.tests.frontends.pytorch.exporting import torch

nn = torch.nn

IMAGE = (240, 320)
"""Rows and columns."""

STEPS = (8, 16, 32, 64)
"""Pixels from one centre to the next, for each of the four maps of boxes."""

BOXES = ((10, 16, 24), (32, 48), (64, 96), (128, 192, 256))
"""The extents of the boxes around each centre, in pixels."""


def normalised(ifm: int, ofm: int, kernel: int, **options):
    return [nn.Conv2d(ifm, ofm, kernel, bias=False, **options), nn.BatchNorm2d(ofm)]


def separable(ifm: int, ofm: int, stride: int):
    return nn.Sequential(
        *normalised(ifm, ifm, 3, stride=stride, padding=1, groups=ifm),
        nn.ReLU(),
        *normalised(ifm, ofm, 1),
        nn.ReLU(),
    )


class Convolution(nn.Module):
    def __init__(self, ifm: int, ofm: int, kernel: int, dilation: int, relu: bool):
        super().__init__()
        padding = dilation * (kernel // 2)
        self.conv, self.bn = normalised(
            ifm, ofm, kernel, padding=padding, dilation=dilation
        )
        self.activation = nn.ReLU() if relu else nn.Identity()

    def forward(self, x):
        return self.activation(self.bn(self.conv(x)))


class ReceptiveFields(nn.Module):
    """Three branches that look ever further, and a shortcut."""

    def __init__(self):
        super().__init__()
        self.branch0 = self._branch(((8, 1, 1), (16, 3, 1), (16, 3, 2)))
        self.branch1 = self._branch(((8, 1, 1), (16, 3, 1), (16, 3, 3)))
        self.branch2 = self._branch(((8, 1, 1), (12, 3, 1), (16, 3, 1), (16, 3, 5)))
        self.ConvLinear = Convolution(48, 64, 1, 1, relu=False)
        self.shortcut = Convolution(64, 64, 1, 1, relu=False)

    def _branch(self, layers: tuple[tuple[int, int, int], ...]):
        channels = [64, *(channels for channels, _, _ in layers)]
        between = range(1, len(layers) - 1)
        return nn.Sequential(
            *(
                Convolution(channels[n], ofm, kernel, dilation, relu=n in between)
                for n, (ofm, kernel, dilation) in enumerate(layers)
            )
        )

    def forward(self, x):
        branches = (self.branch0, self.branch1, self.branch2)
        seen = self.ConvLinear(torch.cat([branch(x) for branch in branches], 1))
        return torch.relu(seen + self.shortcut(x))


def header(ifm: int, ofm: int):
    depthwise = nn.Conv2d(ifm, ifm, 3, padding=1, groups=ifm)
    return nn.Sequential(depthwise, nn.ReLU(), nn.Conv2d(ifm, ofm, 1))


class UltraFace(nn.Module):
    """[1, 3, 240, 320] to scores [1, 4420, 2] and boxes [1, 4420, 4]."""

    def __init__(self):
        super().__init__()
        first = nn.Sequential(*normalised(3, 16, 3, stride=2, padding=1), nn.ReLU())
        early = ((16, 32, 1), (32, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1))
        late = ((64, 128, 2), *2 * [(128, 128, 1)], (128, 256, 2), (256, 256, 1))
        self.base_net = nn.Sequential(
            first,
            *(separable(*layer) for layer in (*early, (64, 64, 1))),
            ReceptiveFields(),
            *(separable(*layer) for layer in late),
        )
        narrow = nn.Sequential(
            nn.Conv2d(64, 64, 3, stride=2, padding=1, groups=64),
            nn.ReLU(),
            nn.Conv2d(64, 256, 1),
        )
        self.extras = nn.ModuleList(
            [nn.Sequential(nn.Conv2d(256, 64, 1), nn.ReLU(), narrow, nn.ReLU())]
        )
        self.classification_headers = self._headers(2)
        self.regression_headers = self._headers(4)
        self.register_buffer("priors", priors(), persistent=False)

    def _headers(self, numbers: int):
        counts = [numbers * len(boxes) for boxes in BOXES]
        ends = [header(*pair) for pair in zip((64, 128, 256), counts, strict=False)]
        return nn.ModuleList([*ends, nn.Conv2d(256, counts[-1], 3, padding=1)])

    def forward(self, input):
        maps = []
        x = input
        for number, layer in enumerate(self.base_net):
            x = layer(x)
            if number in (7, 10, 12):
                maps.append(x)
        maps.append(self.extras[0](x))
        scores = self._rows(self.classification_headers, maps, 2)
        offsets = self._rows(self.regression_headers, maps, 4)
        centres = offsets[..., :2] * 0.1 * self.priors[:, 2:] + self.priors[:, :2]
        sizes = torch.exp(offsets[..., 2:] * 0.2) * self.priors[:, 2:]
        corners = torch.cat([centres - sizes / 2, centres + sizes / 2], 2)
        return torch.softmax(scores, 2), corners

    def _rows(self, headers, maps, numbers: int):
        """A row of numbers for each box of all maps."""
        pairs = zip(headers, maps, strict=True)
        found = [head(x).permute(0, 2, 3, 1) for head, x in pairs]
        return torch.cat([x.reshape(len(x), -1, numbers) for x in found], 1)


def priors():
    """Centre and extent of each box, x before y, as parts of the image."""
    height, width = IMAGE
    maps = [(-(-height // step), -(-width // step)) for step in STEPS]
    found = [
        ((x + 0.5) / columns, (y + 0.5) / rows, box / width, box / height)
        for (rows, columns), boxes in zip(maps, BOXES, strict=True)
        for y in range(rows)
        for x in range(columns)
        for box in boxes
    ]
    return torch.tensor(found).clamp(0, 1)


def trained(weights: Path) -> UltraFace:
    """The module with the weights of a state dict."""
    network = UltraFace()
    network.load_state_dict(torch.load(weights, "cpu", weights_only=True))
    return network.eval()
