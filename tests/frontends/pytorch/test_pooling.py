"""Operators that reduce a window, and those that change the number of pixels."""

from aipu.tests.frontends.pytorch.exporting import check_all, torch

nn = torch.nn
functional = torch.nn.functional

POOLINGS = {
    "max_pool2d": nn.MaxPool2d(2),
    "max_pool2d with pads": nn.MaxPool2d(3, 2, 1),
    "max_pool2d, ceil_mode": nn.MaxPool2d((2, 3), 2, ceil_mode=True),
    "avg_pool2d": nn.AvgPool2d(2),
    "avg_pool2d with pads": nn.AvgPool2d(3, 2, 1),
    "avg_pool2d that counts no pads": nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    "avg_pool2d, ceil_mode": nn.AvgPool2d(3, 2, 1, ceil_mode=True),
    "avg_pool2d, ceil_mode, no pads": nn.AvgPool2d(3, 2, ceil_mode=True),
    "max_pool2d, dilated": nn.MaxPool2d(2, 1, 1, dilation=(2, 3)),
    "avg_pool2d by another number": nn.AvgPool2d(3, 2, 1, divisor_override=5),
    "avg_pool2d by another number, ceil_mode": nn.AvgPool2d(
        3, 2, 1, ceil_mode=True, divisor_override=-2
    ),
    "adaptive_avg_pool2d to 1": nn.AdaptiveAvgPool2d(1),
    "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d((2, 3)),
    "adaptive_avg_pool2d of one axis": nn.AdaptiveAvgPool2d((None, 1)),
    "adaptive_max_pool2d": nn.AdaptiveMaxPool2d((4, 3)),
}

VOLUMES = {
    "max_pool3d": nn.MaxPool3d((2, 3, 2), 2, 1),
    "avg_pool3d": nn.AvgPool3d(2, (1, 2, 2), 1),
    "avg_pool3d that counts no pads": nn.AvgPool3d(3, 2, 1, count_include_pad=False),
    "avg_pool3d by another number": nn.AvgPool3d(2, divisor_override=3),
    "adaptive_avg_pool3d": nn.AdaptiveAvgPool3d((2, 3, 1)),
    "adaptive_max_pool3d": nn.AdaptiveMaxPool3d(2),
}

ROWS = {
    "max_pool1d": nn.MaxPool1d(3, 2, 1),
    "max_pool1d, dilated": nn.MaxPool1d(2, 3, dilation=2),
    "avg_pool1d": nn.AvgPool1d(3, 2, 1),
    "adaptive_avg_pool1d": nn.AdaptiveAvgPool1d(4),
    "upsample nearest": nn.Upsample(scale_factor=2),
    "upsample linear": nn.Upsample(scale_factor=2, mode="linear"),
}

RESIZES = {
    "nearest, twice": nn.Upsample(scale_factor=2),
    "nearest to a size": nn.Upsample(size=(5, 17)),
    "nearest, smaller": lambda x: functional.interpolate(x, scale_factor=0.6),
    "nearest of centres": nn.Upsample(size=(5, 17), mode="nearest-exact"),
    "bilinear, twice": nn.Upsample(scale_factor=2, mode="bilinear"),
    "bilinear to a size": nn.Upsample(size=(5, 17), mode="bilinear"),
    "bicubic, twice": nn.Upsample(scale_factor=2, mode="bicubic"),
    "bicubic to a size": nn.Upsample(size=(5, 17), mode="bicubic"),
    "bicubic, by a ratio": lambda x: functional.interpolate(
        x, scale_factor=(0.6, 1.7), mode="bicubic"
    ),
    "bicubic, by corners": nn.Upsample(
        size=(5, 17), mode="bicubic", align_corners=True
    ),
    "bilinear, smaller and smooth": lambda x: functional.interpolate(
        x, size=(3, 4), mode="bilinear", antialias=True
    ),
    "bicubic, smaller and smooth": lambda x: functional.interpolate(
        x, size=(3, 20), mode="bicubic", antialias=True
    ),
    "bilinear, by corners": nn.Upsample(
        size=(5, 17), mode="bilinear", align_corners=True
    ),
}


def test_poolings():
    check_all(POOLINGS, torch.randn(2, 3, 8, 9))


def test_poolings_of_volumes():
    check_all(VOLUMES, torch.randn(2, 3, 4, 6, 5), core=False)


def test_poolings_of_rows():
    check_all(ROWS, torch.randn(2, 3, 9), core=False)


def test_resizes():
    check_all(RESIZES, torch.randn(2, 3, 8, 9), core=False)
