"""Every module between two passes is a text: read back, it goes on to the same program.

As `aipu-opt -p PREFIX -o FILE` writes it, with the weights beside it.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from aipu.dialects.semantics.weights import WeightStore
from aipu.frontends.onnx.importer import import_onnx
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.beside import weights_beside
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.printing import Locations, module_text
from aipu.passes.running.reading import read_module
from aipu.passes.running.writing import write_module
from aipu.tests.small_model import small_model

WHOLE = build_pipeline("default", PASSES)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Path]:
    """The module after so many passes, written."""
    folder = tmp_path_factory.mktemp("prefixes")
    model = import_onnx(small_model((1, 3, 8, 8)))
    context = AipuContext(model.weights)
    written: dict[int, Path] = {}
    for count in range(len(WHOLE) + 1):
        if count:
            run_pipeline([WHOLE[count - 1]], model.module, context)
        written[count] = folder / f"{count}.mlir"
        text = module_text(model.module, Locations.NAMES)
        write_module(written[count], text, context)
    return written


@pytest.mark.parametrize("count", range(len(WHOLE) + 1))
def test_a_prefix_is_read_back_and_goes_on(
    files: Mapping[int, Path], count: int
) -> None:
    file = files[count]
    context = AipuContext(WeightStore.load(weights_beside(file)))
    module = read_module(file.read_text(), file.name, context)
    assert module_text(module, Locations.NAMES) == file.read_text()
    run_pipeline(WHOLE[count:], module, context)
    assert module_text(module, Locations.NAMES) == files[len(WHOLE)].read_text()
