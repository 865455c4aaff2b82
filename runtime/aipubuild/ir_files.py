"""The networks that a build leaves behind as Arm-China's IR, float and quantised."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from ..building.levels import FLOAT, QUANTISED
from ..building.package import Package
from .places import ir_names
from .settings import Settings
from .straight import straightened
from .writer.write import Style, Written, write_ir

Files = dict[Path, bytes]


def ir_files(package: Package, wanted: Settings) -> tuple[Files, list[str]]:
    """The texts and their constants by path, and what the IR has no words for."""
    files: Files = {}
    warnings: list[str] = []
    for level in (FLOAT, QUANTISED):
        made, told = ir_of(level, package.levels[level], package.weights, wanted)
        files |= made
        warnings += told
    return files, warnings


def ir_of(
    level: str, module: ModuleOp, weights: Mapping[str, np.ndarray], wanted: Settings
) -> tuple[Files, list[str]]:
    """The files of one level, float or quantised, and what the IR has no words for."""
    float_name, quantised_name = ir_names(wanted)
    quantised_style = Style.PARSER if wanted.old_style else Style.OPTIMIZER
    name, style, precision = {
        FLOAT: (float_name, Style.PARSER, "float32"),
        QUANTISED: (quantised_name, quantised_style, "int8"),
    }[level]
    made: Written = write_ir(
        straightened(module),
        weights,
        name,
        style=style,
        precision=precision,
        domain=wanted.domain,
    )
    files = {
        wanted.output_dir / f"{name}.txt": made.text.encode(),
        wanted.output_dir / f"{name}.bin": made.data,
    }
    return files, [f"{name}.txt: {warning}" for warning in made.warnings]
