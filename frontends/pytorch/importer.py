"""Exported PyTorch programs as a float network in the `nn` dialect."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import AipuError
from ..constant import Constant
from ..fixed_inputs import check_fixed, fixed_array
from ..input_shapes import settle_shapes
from ..model import ImportedModel
from .archive import Archive, read_archive
from .conversion import Conversion
from .elements import REALS, as_declared
from .program import Program, cut_names, select


def import_pytorch(
    model: Path,
    *,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of a file that `torch.export.save` wrote; torch is not needed.

    Feature maps become NHWC: an operator with a layout stands between transposes.
    Reals of any width become `f32`. What depends on constants only is computed here.

    Args:
        model: the file.
        shapes: another shape of an input, by its name.
        inputs: tensors or nodes to cut the graph at; they become the inputs.
        outputs: tensors or nodes to cut the graph at; they become the outputs.
        batch: the leading extent of all inputs.
        random_weights: without meaning here, as the file always holds the weights.
        fixed: the values of inputs that are constants.

    Raises:
        UnsupportedError: operators or arguments that `nn` cannot say, all of them.
        AipuError: the file cannot be read or makes no sense, a shape is not static,
            or an argument does not fit the program.
    """
    archive = read_archive(model, str(model))
    return import_archive(
        archive,
        model.stem,
        shapes=shapes,
        inputs=inputs,
        outputs=outputs,
        batch=batch,
        fixed=fixed,
    )


def import_archive(
    archive: Archive,
    name: str,
    *,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of an archive, under a name; else as `import_pytorch`."""
    cut = cut_names(archive).cut(inputs, outputs, shapes)
    program = select(archive, cut.inputs, cut.outputs)
    check_fixed(fixed, program.inputs)
    arrays = {name: _fixed(program, name, value) for name, value in fixed.items()}
    open_inputs = [name for name in program.inputs if name not in arrays]
    declared = {name: _declared(program, name) for name in open_inputs}
    settled, changed_batch = settle_shapes(declared, cut.shapes, batch)
    conversion = Conversion(archive, program, settled, changed_batch)
    for name, array in arrays.items():
        conversion.values[name] = Constant(name, array)
    outputs_by_name = conversion.run(program.nodes, program.outputs)
    return conversion.network.finish(name, outputs_by_name, batch=changed_batch)


def _fixed(program: Program, name: str, value: np.ndarray) -> np.ndarray:
    """The elements of an input that is fixed."""
    meta = program.declared.get(name)
    extents = None if meta is None else [size.as_int for size in meta.sizes]
    return as_declared(fixed_array(name, value, extents), meta)


def _declared(program: Program, name: str) -> tuple[int, ...]:
    """The shape of an input, which must be static and of reals."""
    place = f"input '{name}'"
    if name not in program.declared:
        raise AipuError("the program does not say what it is", place=place)
    meta = program.declared[name]
    extents = [size.as_int for size in meta.sizes]
    known = tuple(extent for extent in extents if extent is not None)
    if len(known) < len(extents):
        text = "x".join("?" if extent is None else str(extent) for extent in extents)
        raise AipuError(
            f"a static shape is needed, the program says {text}",
            place=place,
            remedy="export it again without dynamic_shapes",
        )
    if min(known, default=1) < 1:
        raise AipuError(
            f"its extents must be positive, found {list(known)}", place=place
        )
    if meta.dtype not in REALS:
        raise AipuError(
            "a tensor of reals is needed, the program wants other elements",
            place=place,
            remedy="cut the graph after what reads it: --input NAME",
        )
    return known
