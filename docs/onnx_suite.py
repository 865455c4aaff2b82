"""The cases of ONNX's own test suite, as `onnx.backend.test` runs them.

`node` is one node a case, or what an operator expands to, made by code; `real` are nine
networks for images that come with the package, their weights replaced by one number
each; `simple` and the two of `pytorch` are small models in files.
"""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import onnx
import onnx.backend.test
from onnx import numpy_helper
from onnx.backend.test.case.test_case import TestCase
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

DATA = Path(onnx.backend.test.__file__).with_name("data")
NEWEST = 26
"""The last opset that is compared."""

OF_FILES = ("simple", "pytorch-operator", "pytorch-converted")


class Case(NamedTuple):
    """A model, and inputs with the outputs that it gives on them.

    Both are arrays, tensors of onnx, or lists of them, as the suite has them.
    """

    name: str
    model: onnx.ModelProto
    data: Sequence[tuple[Sequence[object], Sequence[object]]]
    relative: float
    absolute: float


def cases(kind: str) -> Iterator[Case]:
    """The cases of a kind, of the opsets that we know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = load_model_tests(kind=kind)
    for test in sorted(loaded, key=lambda test: test.name):
        case = _case(test)
        opsets = [each.version for each in case.model.opset_import if not each.domain]
        if max(opsets, default=0) <= NEWEST:
            yield case


def _case(test: TestCase) -> Case:
    if test.model is not None:
        assert test.data_sets is not None
        return Case(test.name, test.model, test.data_sets, test.rtol, test.atol)
    if test.url is not None:
        path = DATA / "light" / Path(test.url).name
        model = onnx.load(path)
        data = [_made(path, model)]
    else:
        assert test.model_dir is not None
        folder = Path(test.model_dir)
        model = onnx.load(folder / "model.onnx")
        data = [_stored(sets, model) for sets in sorted(folder.glob("test_data_set*"))]
    return Case(test.name, model, data, test.rtol, test.atol)


def _made(path: Path, model: onnx.ModelProto) -> tuple[list[object], list[object]]:
    """The inputs that the suite makes up, and the outputs beside the model."""
    kept = {tensor.name for tensor in model.graph.initializer}
    inputs: list[object] = [
        Runner.generate_dummy_data(value, seed=0, name=path.stem, random=False)
        for value in model.graph.input
        if value.name not in kept
    ]
    files = [
        path.with_name(f"{path.stem}_output_{number}.pb")
        for number in range(len(model.graph.output))
    ]
    return inputs, [onnx.TensorProto.FromString(file.read_bytes()) for file in files]


def _stored(folder: Path, model: onnx.ModelProto) -> tuple[list[object], list[object]]:
    """The inputs and the outputs in a folder."""
    return (
        _values(folder, "input", model.graph.input),
        _values(folder, "output", model.graph.output),
    )


def _values(
    folder: Path, end: str, declared: Sequence[onnx.ValueInfoProto]
) -> list[object]:
    count = len(list(folder.glob(f"{end}_*.pb")))
    contents = [(folder / f"{end}_{n}.pb").read_bytes() for n in range(count)]
    return [
        _value(content, value.type)
        for content, value in zip(contents, declared, strict=False)
    ]


def _value(content: bytes, type: onnx.TypeProto) -> object:
    if type.HasField("sequence_type"):
        return numpy_helper.to_list(onnx.SequenceProto.FromString(content))
    return onnx.TensorProto.FromString(content)
