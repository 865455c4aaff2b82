"""Operators that move elements, against TFLite's own runtime."""

import numpy as np
import pytest


def integers(*values):
    return np.array(values, np.int32)


@pytest.fixture
def ifm(generator):
    return generator.standard_normal((2, 4, 6, 3), np.float32)


@pytest.mark.parametrize("target", [(2, 72), (-1, 3), (2, -1, 3, 6)], ids=str)
def test_reshape(check, ifm, target):
    check("RESHAPE", ifm, integers(*target))


def test_reshape_to_a_shape_among_its_options(check, ifm):
    check("RESHAPE", ifm, NewShape=[8, 18], options_type="ReshapeOptions")


def test_reshape_to_a_scalar(check, generator):
    """The shape is a constant without elements, for which files keep no bytes."""
    check("RESHAPE", generator.standard_normal((1, 1), np.float32), integers())


@pytest.mark.parametrize("axes", [[], [1], [-1, 1]], ids=str)
def test_squeeze(check, generator, axes):
    ifm = generator.standard_normal((2, 1, 3, 1), np.float32)
    check("SQUEEZE", ifm, SqueezeDims=axes, options_type="SqueezeOptions")


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_expand_dims(check, ifm, axis):
    check("EXPAND_DIMS", ifm, integers(axis), options_type="ExpandDimsOptions")


def test_transpose(check, ifm):
    check("TRANSPOSE", ifm, integers(0, 3, 1, 2))


@pytest.mark.parametrize("axis", [0, 3, -2])
def test_concatenation(check, ifm, axis):
    given = {"Axis": axis, "options_type": "ConcatenationOptions"}
    check("CONCATENATION", ifm, ifm + 1, ifm * 2, variable=[0, 2], **given)


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_pack(check, ifm, axis):
    given = {"Axis": axis, "ValuesCount": 2, "options_type": "PackOptions"}
    check("PACK", ifm, ifm + 1, variable=[0, 1], **given)


@pytest.mark.parametrize("axis, parts", [(0, 2), (-1, 3)])
def test_unpack(check, ifm, axis, parts):
    given = {"Axis": axis, "Num": parts, "options_type": "UnpackOptions"}
    check("UNPACK", ifm, outputs=parts, **given)


def test_split(check, ifm):
    options = {"NumSplits": 3, "options_type": "SplitOptions"}
    check("SPLIT", integers(2), ifm, variable=[1], outputs=3, **options)


def test_split_into_given_sizes(check, ifm):
    given = {"NumSplits": 3, "options_type": "SplitVOptions"}
    check("SPLIT_V", ifm, integers(1, -1, 2), integers(2), outputs=3, **given)


def test_slice(check, ifm):
    check("SLICE", ifm, integers(0, 1, 2, 0), integers(2, 2, -1, 3))


SLICES = {
    "steps": ([0, 1, 5, 0], [2, 4, 0, 3], [1, 2, -2, 1], {}),
    "masks": ([1, 1, 1, 1], [1, 3, 3, 2], [1, 1, 1, 1], {"BeginMask": 1, "EndMask": 5}),
    "an index": ([0, -1, 0, 0], [2, 0, 6, 3], [1, 1, 1, 1], {"ShrinkAxisMask": 2}),
    "fewer": ([1], [2], [1], {}),
    "ellipsis": ([0, 0, 1], [2, 0, 3], [1, 1, 1], {"EllipsisMask": 2}),
    "new axis": ([0, 0, 1], [2, 0, 3], [1, 1, 1], {"NewAxisMask": 2}),
}


@pytest.mark.parametrize("begin, end, stride, masks", SLICES.values(), ids=SLICES)
def test_strided_slice(check, ifm, begin, end, stride, masks):
    bounds = (integers(*begin), integers(*end), integers(*stride))
    check("STRIDED_SLICE", ifm, *bounds, options_type="StridedSliceOptions", **masks)


@pytest.mark.parametrize("axis", [1, -1])
def test_reverse(check, ifm, axis):
    check("REVERSE_V2", ifm, integers(axis))


@pytest.mark.parametrize("indices", [[0, 1, 2], [2, 0, 0], [[1], [3]], 2], ids=str)
def test_gather(check, ifm, indices):
    check(
        "GATHER", ifm, np.array(indices, np.int32), Axis=1, options_type="GatherOptions"
    )


def test_pad(check, ifm):
    check("PAD", ifm, np.array([[0, 0], [1, 2], [0, 1], [0, 0]], np.int32))


def test_pad_with_a_value(check, ifm):
    pads = np.array([[0, 0], [1, 2], [0, 1], [0, 0]], np.int32)
    check("PADV2", ifm, pads, np.array([7.0], np.float32))


@pytest.mark.parametrize("mode", [0, 1], ids=["reflect", "symmetric"])
def test_mirror_pad(check, ifm, mode):
    pads = np.array([[0, 0], [1, 2], [0, 1], [0, 0]], np.int32)
    check("MIRROR_PAD", ifm, pads, Mode=mode, options_type="MirrorPadOptions")


def test_tile(check, ifm):
    check("TILE", ifm, integers(1, 2, 1, 3))


@pytest.mark.parametrize("kind", ["SPACE_TO_DEPTH", "DEPTH_TO_SPACE"])
def test_blocks_and_channels(check, generator, kind):
    name = {"SPACE_TO_DEPTH": "SpaceToDepth", "DEPTH_TO_SPACE": "DepthToSpace"}[kind]
    ifm = generator.standard_normal((2, 4, 6, 8), np.float32)
    check(kind, ifm, BlockSize=2, options_type=f"{name}Options")


def test_space_to_batch(check, ifm):
    pads = np.array([[0, 2], [1, 1]], np.int32)
    check("SPACE_TO_BATCH_ND", ifm, integers(3, 2), pads)


def test_batch_to_space(check, generator):
    ifm = generator.standard_normal((12, 2, 3, 5), np.float32)
    check(
        "BATCH_TO_SPACE_ND", ifm, integers(3, 2), np.array([[0, 1], [2, 0]], np.int32)
    )


@pytest.mark.parametrize("corners, half", [(0, 0), (1, 0), (0, 1)])
@pytest.mark.parametrize("size", [(8, 12), (3, 5)], ids=str)
@pytest.mark.parametrize("kind", ["Bilinear", "NearestNeighbor"])
def test_resize(check, ifm, kind, size, corners, half):
    name = {"Bilinear": "BILINEAR", "NearestNeighbor": "NEAREST_NEIGHBOR"}[kind]
    options = {"AlignCorners": bool(corners), "HalfPixelCenters": bool(half)}
    options_type = f"Resize{kind}Options"
    size = integers(*size)
    check(f"RESIZE_{name}", ifm, size, options_type=options_type, **options)
