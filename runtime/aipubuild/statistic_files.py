"""What is known of the tensors of a quantised network, in the files for it.

Old cfgs leave `NET_max.npy` and `NET_min.npy`, new ones `NET_statistic_info.npy` and
`NET_opt_template.json`. The arrays are tables with the name of each layer and the reals
that its integers reach from and to.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from ...dialects.locations import source_name
from ...dialects.quant import UniformType, quantisation
from ...frontends.zhouyi_ir.layer_types import layer_type
from ..building.levels import QUANTISED
from ..building.package import Package
from .settings import Settings
from .straight import straightened
from .writer.straight import Straight


class Tensor(NamedTuple):
    """The result of a layer, on integers."""

    layer: str
    kind: str
    element: UniformType


def statistic_files(package: Package, wanted: Settings) -> dict[Path, bytes]:
    """The files by path."""
    tensors = tensors_of(straightened(package.levels[QUANTISED]))
    ends = {
        "min": [tensor.element.real_limits[0] for tensor in tensors],
        "max": [tensor.element.real_limits[1] for tensor in tensors],
    }
    base = wanted.output_dir / wanted.name
    if wanted.old_style:
        return {
            base.with_name(f"{wanted.name}_{end}.npy"): table(tensors, {end: reals})
            for end, reals in ends.items()
        }
    return {
        base.with_name(f"{wanted.name}_statistic_info.npy"): table(tensors, ends),
        base.with_name(f"{wanted.name}_opt_template.json"): template(tensors),
    }


def tensors_of(network: Straight) -> list[Tensor]:
    """The tensors of integers."""
    elements = ((op, quantisation(op.ofm)) for op in network.operators)
    return [
        Tensor(source_name(op), layer_type(op), element)
        for op, element in elements
        if element is not None
    ]


def table(tensors: Sequence[Tensor], columns: dict[str, list[float]]) -> bytes:
    """An `.npy` of rows, the first column the name of the layer."""
    names = np.array([tensor.layer for tensor in tensors], np.str_)
    kinds = [("layer", names.dtype), *((name, np.float32) for name in columns)]
    rows = np.empty(len(tensors), kinds)
    rows["layer"] = names
    for name, reals in columns.items():
        rows[name] = reals
    stream = io.BytesIO()
    np.save(stream, rows, allow_pickle=False)
    return stream.getvalue()


def template(tensors: Sequence[Tensor]) -> bytes:
    """How each layer was quantised, in the words of the vendor's template."""
    layers = {tensor.layer: described(tensor) for tensor in tensors}
    return msgspec.json.format(msgspec.json.encode(layers), indent=4) + b"\n"


def described(tensor: Tensor) -> dict[str, object]:
    element = tensor.element
    low, high = element.real_limits
    symmetric = element.zero_point in (0, -128)
    return {
        "q_mode_activation": "per_tensor_symmetric_full_range"
        if symmetric
        else "per_tensor_asymmetric",
        "q_mode_weight": "per_channel_symmetric_restricted_range",
        "q_bits_activation": 8,
        "q_bits_weight": 8,
        "q_bits_bias": 32,
        "lut_items_in_bits": 8,
        "just_for_display": {
            "layer_type": tensor.kind,
            "scale": 1 / element.scale,
            "zerop": -element.zero_point,
            "fmin": low,
            "fmax": high,
        },
    }
