"""Small TFLite models, and what they compute: here, and in TFLite's own runtime."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import main_function
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

Arrays = Sequence[np.ndarray]


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    """`written(content)`: a file with these bytes."""

    def write(content: bytes) -> Path:
        path = tmp_path / "model.tflite"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(scope="session")
def runtime() -> Callable[..., list[np.ndarray]]:
    """What TFLite's own runtime computes; stored integers come back as reals.

    With its plain kernels, or, if asked for, with its `fast` ones, which users get.
    """
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    plain = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES

    def run(content: bytes, arrays: Arrays, *, fast: bool = False) -> list[np.ndarray]:
        kernels = litert.OpResolverType.AUTO if fast else plain
        interpreter = litert.Interpreter(
            model_content=content,
            num_threads=1,
            experimental_op_resolver_type=kernels,
        )
        interpreter.allocate_tensors()
        details = interpreter.get_input_details()
        for detail, array in zip(details, arrays, strict=True):
            interpreter.set_tensor(detail["index"], stored(array, detail))
        interpreter.invoke()
        return [
            reals(interpreter.get_tensor(detail["index"]), detail)
            for detail in interpreter.get_output_details()
        ]

    return run


def stored(array: np.ndarray, detail: Mapping) -> np.ndarray:
    scale, zero_point = detail["quantization"]
    if not scale:
        return array.astype(detail["dtype"])
    limits = np.iinfo(detail["dtype"])
    steps = np.rint(array / np.float64(scale)) + zero_point
    return np.clip(steps, limits.min, limits.max).astype(detail["dtype"])


def reals(array: np.ndarray, detail: Mapping) -> np.ndarray:
    scale, zero_point = detail["quantization"]
    return (array.astype(np.float64) - zero_point) * scale if scale else array


@pytest.fixture
def computed(written) -> Callable[..., list[np.ndarray]]:
    """`computed(content, arrays)`: what the imported network computes."""

    def run(
        content: bytes,
        arrays: Arrays,
    ) -> list[np.ndarray]:
        return run_model(import_tflite(written(content)), arrays)

    return run


def run_model(model: ImportedModel, arrays: Arrays) -> list[np.ndarray]:
    model.module.verify()
    return evaluate(main_function(model.module), list(arrays), model.weights)


@pytest.fixture(scope="session")
def node_file() -> Callable[..., bytes]:
    """`node_file(kind, *arrays, variable=[0], ...)`: a file with one operator.

    The `variable` arrays are inputs of the model, the others constants, and None leaves
    an optional one out. Options go by the schema's names.
    """

    def write(
        kind: str,
        *arrays: np.ndarray | None,
        variable: Sequence[int] = (0,),
        outputs: int = 1,
        result: str = "float32",
        options_type: str = "",
        custom_options: bytes = b"",
        **options: object,
    ) -> bytes:
        tensors: list[Tensor] = []
        for number, array in enumerate(arrays):
            if array is None:
                continue
            name, dtype = f"x{number}", array.dtype.name
            if number in variable:
                tensors.append(Tensor(name, shape=array.shape, dtype=dtype))
            else:
                tensors.append(Tensor(name, array))
        reads = ["" if array is None else f"x{at}" for at, array in enumerate(arrays)]
        writes = [f"y{number}" for number in range(outputs)]
        tensors += [Tensor(name, dtype=result) for name in writes]
        node = Operator(kind, reads, writes, options, options_type, custom_options)
        inputs = [reads[number] for number in variable]
        return tflite_file(tensors, [node], inputs, writes)

    return write


@pytest.fixture
def check(node_file, runtime, computed) -> Callable[..., None]:
    """`check(kind, *arrays, ...)`: the network of one operator is what TFLite runs."""

    def compare(
        kind: str,
        *arrays: np.ndarray | None,
        variable: Sequence[int] = (0,),
        **given: object,
    ) -> None:
        content = node_file(kind, *arrays, variable=variable, **given)
        feeds = [arrays[number] for number in variable]
        expected = runtime(content, feeds)
        found = computed(content, feeds)
        assert len(found) == len(expected)
        for ours, theirs in zip(found, expected, strict=True):
            assert ours.shape == theirs.shape
            assert np.allclose(ours, theirs, rtol=1e-4, atol=1e-5)

    return compare
