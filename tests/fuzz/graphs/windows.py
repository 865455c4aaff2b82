"""What a graph grows by: convolutions, pools, and changes of resolution."""

from collections.abc import Sequence

import numpy as np

from aipu.tests.fuzz.graphs.sketch import Setting, Sketch, TakenBackError


def spatial(sketch: Sketch, ifm: str) -> tuple[int, tuple[int, ...]]:
    """Channels and spatial extents; of what has none, nothing can be made."""
    shape = sketch.shape(ifm)
    if not 3 <= len(shape) <= 5 or (len(shape) == 5 and sketch.chance(0.7)):
        raise TakenBackError("no image")
    return shape[1], shape[2:]


def window(
    sketch: Sketch, extents: Sequence[int], *, dilated: bool = True
) -> tuple[list[int], dict[str, Setting]]:
    """A kernel that fits, and with it strides, pads and dilations of any kind."""
    kernel = [sketch.integer(1, min(4, n + 1)) for n in extents]
    settings: dict[str, Setting] = {"kernel_shape": kernel}
    if sketch.chance():
        settings["strides"] = [sketch.integer(1, 3) for _ in extents]
    if dilated and sketch.chance(0.25):
        settings["dilations"] = [sketch.integer(1, 2) for _ in extents]
    pads = [0] * 2 * len(kernel)
    how = sketch.integer(0, 3)
    if how == 0:
        settings["auto_pad"] = sketch.one_of("SAME_UPPER", "SAME_LOWER", "VALID")
    elif how < 3:
        settings["pads"] = pads = [sketch.integer(0, size - 1) for size in kernel * 2]
    dilations = settings.get("dilations", [1] * len(kernel))
    assert isinstance(dilations, list)
    around = zip(extents, pads, pads[len(kernel) :], strict=False)
    rooms = [extent + before + after for extent, before, after in around]
    if any((k - 1) * d >= n for k, d, n in zip(kernel, dilations, rooms, strict=True)):
        raise TakenBackError("wider than the map: onnxruntime takes some of these")
    return kernel, settings


def convolution(sketch: Sketch, ifm: str) -> str:
    channels, extents = spatial(sketch, ifm)
    kernel, settings = window(sketch, extents)
    groups = sketch.one_of(*(n for n in (1, 1, 2, 3, channels) if channels % n == 0))
    filters = groups * sketch.integer(1, max(1, 8 // groups))
    weight = sketch.weight(filters, channels // groups, *kernel)
    bias = (sketch.weight(filters),) if sketch.chance(0.7) else ()
    return sketch.node("Conv", ifm, weight, *bias, group=groups, **settings)


def transposed_convolution(sketch: Sketch, ifm: str) -> str:
    channels, extents = spatial(sketch, ifm)
    kernel = [sketch.integer(1, 4) for _ in extents]
    strides = [sketch.integer(1, 3) for _ in extents]
    groups = sketch.one_of(*(n for n in (1, 1, 2, channels) if channels % n == 0))
    weight = sketch.weight(channels, sketch.integer(1, 4), *kernel)
    bias = (sketch.weight(sketch.constants[weight].shape[1] * groups),)
    settings: dict[str, Setting] = {"strides": strides, "group": groups}
    if sketch.chance():
        settings["pads"] = [sketch.integer(0, size - 1) for size in kernel * 2]
    if sketch.chance(0.3):
        settings["output_padding"] = [sketch.integer(0, n - 1) for n in strides]
    if sketch.chance(0.2):
        settings["dilations"] = [sketch.integer(1, 2) for _ in extents]
    if sketch.chance(0.3):
        bias = ()
    return sketch.node("ConvTranspose", ifm, weight, *bias, **settings)


def pool(sketch: Sketch, ifm: str) -> str:
    _, extents = spatial(sketch, ifm)
    kernel, settings = window(sketch, extents, dilated=False)
    strides = settings.get("strides", [1] * len(kernel))
    assert isinstance(strides, list)
    same = str(settings.get("auto_pad", "")).startswith("SAME")
    if same and any(step > size for step, size in zip(strides, kernel, strict=True)):
        raise TakenBackError("onnxruntime pads pools by less than nothing")
    operator = sketch.one_of("MaxPool", "AveragePool", "AveragePool")
    if sketch.chance(0.3) and "auto_pad" not in settings:
        settings["ceil_mode"] = 1
    if operator == "AveragePool" and sketch.chance():
        settings["count_include_pad"] = 1
    return sketch.node(operator, ifm, **settings)


def global_pool(sketch: Sketch, ifm: str) -> str:
    spatial(sketch, ifm)
    operator = sketch.one_of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")
    return sketch.node(operator, ifm)


def resize(sketch: Sketch, ifm: str) -> str:
    _, extents = spatial(sketch, ifm)
    mode = sketch.one_of("nearest", "nearest", "linear", "cubic")
    if mode == "cubic" and len(extents) != 2:
        raise TakenBackError("cubic is for two dimensions")
    transform = sketch.one_of(
        "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"
    )
    settings: dict[str, Setting] = {
        "mode": mode,
        "coordinate_transformation_mode": transform,
    }
    if mode == "nearest":
        settings["nearest_mode"] = sketch.one_of(
            "floor", "ceil", "round_prefer_floor", "round_prefer_ceil"
        )
    sizes = [max(1, sketch.one_of(n, 2 * n, 3 * n, n // 2, n + 1)) for n in extents]
    if sketch.chance():
        whole = sketch.constant([*sketch.shape(ifm)[:2], *sizes])
        return sketch.node("Resize", ifm, "", "", whole, **settings)
    # Of a fraction of a row, ONNX's own test of `align_corners` and its reference count
    # the fraction, and so do we; onnxruntime leaves it out.
    whole_rows = transform == "align_corners"
    scales = [
        sketch.one_of(
            *(
                scale
                for scale in (1.0, 2.0, 2.0, 0.5, 1.5)
                if not whole_rows or (scale * extent).is_integer()
            )
        )
        for extent in extents
    ]
    factors = sketch.constant(np.array([1.0, 1.0, *scales], np.float32))
    return sketch.node("Resize", ifm, "", factors, **settings)


def blocks(sketch: Sketch, ifm: str) -> str:
    """Between depth and space."""
    spatial(sketch, ifm)
    if sketch.chance():
        return sketch.node("SpaceToDepth", ifm, blocksize=sketch.integer(1, 3))
    mode = sketch.one_of("DCR", "CRD")
    return sketch.node("DepthToSpace", ifm, blocksize=sketch.integer(1, 2), mode=mode)


GROWTHS = (
    convolution,
    convolution,
    convolution,
    convolution,
    transposed_convolution,
    pool,
    pool,
    global_pool,
    resize,
    blocks,
)
