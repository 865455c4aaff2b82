"""A network as a text: the module of an `.mlir` file, its weights beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ...frontends.model import ImportedModel
from ...passes.authoring.context import AipuContext
from ...passes.running.beside import weights_of_text
from ...passes.running.reading import read_module
from ...passes.running.verification import Fault
from ...passes.running.verification.weights import weight_faults
from ...passes.running.weights import draw_missing_weights
from ..files import read_text

MODEL, RANDOM = "model", "random"


def read_text_model(
    path: Path,
    /,
    *,
    weights: Path | None = None,
    shapes: Mapping[str, Sequence[int]] = {},
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int | None = None,
    random_weights: int | None = None,
    fixed: Mapping[str, np.ndarray] = {},
) -> ImportedModel:
    """The network of a text, as `aipu-opt` writes it; its weights are beside it.

    Raises:
        AipuError: the text is wrong, weights are missing, or it was asked for what only
            a model can have: another shape or batch, or a cut.
    """
    asked = {"--shape": shapes, "--input": inputs, "--output": outputs, "--fix": fixed}
    if batch is not None:
        asked["--batch"] = [str(batch)]
    for option, value in asked.items():
        if value:
            raise AipuError(f"{option} is for a model, not a text", place=str(path))
    file = weights or weights_of_text(path)
    given = weights is not None or file.is_file()
    store = WeightStore.load(file) if given else WeightStore()

    def weights_fit(module: ModuleOp) -> Fault | None:
        if random_weights is not None:
            draw_missing_weights(module, store, random_weights)
        return next(weight_faults(module, store), None)

    # Places end up in packages, which others need not know our folders from.
    place = path.name if path.is_absolute() else str(path)
    context = AipuContext(store)
    module = read_module(read_text(path), place, context, rules=[weights_fit])
    source = MODEL if random_weights is None else RANDOM
    return ImportedModel(path.stem, module, store, source)
