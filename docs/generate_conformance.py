"""Write docs/conformance.md: the cases of ONNX's own test suite, operator by operator.

    python docs/generate_conformance.py

Each case is one node, or the nodes that an operator expands to, with inputs and the
outputs that ONNX expects of them; it runs through `aipu.backend`.
"""

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

from aipu import backend
from aipu.errors import AipuError

PAGE = Path(__file__).with_name("conformance.md")
NEWEST = 26
OUTCOMES = ("pass", "unsupported", "wrong")
HEAD = """# Conformance to ONNX

Written by `python docs/generate_conformance.py`; the cases are those of onnx {version}
up to opset {opset}, on the float level of the pipeline. An operator that `nn` has no
word for is left to onnx's own reference implementation, on the host. *Unsupported* is
a clean refusal that names the node and the reason. *Wrong* is a value that differs, a
result of another type, or any other failure.

{passed} of {total} cases pass, {unsupported} are unsupported, {wrong} wrong.

| operator | pass | unsupported | wrong |
|---|--:|--:|--:|
"""


class Case(NamedTuple):
    """A model, and inputs with the outputs that it gives on them."""

    model: onnx.ModelProto
    data: Sequence[tuple[Sequence[object], Sequence[object]]]
    relative: float
    absolute: float


def cases() -> Iterator[Case]:
    """The cases of nodes, of the opsets that we know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = load_model_tests(kind="node")
    for case in loaded:
        assert case.model is not None and case.data_sets is not None
        opsets = [each.version for each in case.model.opset_import if not each.domain]
        if max(opsets, default=0) <= NEWEST:
            yield Case(case.model, case.data_sets, case.rtol, case.atol)


def outcome(case: Case) -> str:
    """`pass`, `unsupported` or `wrong`."""
    try:
        for inputs, outputs in case.data:
            results = backend.run_model(case.model, list(map(as_array, inputs)))
            for result, expected in zip(results, outputs, strict=True):
                compare(result, as_array(expected), case)
    except AipuError:
        return "unsupported"
    except AssertionError:
        return "wrong"
    return "pass"


def as_array(value: object) -> np.ndarray:
    if isinstance(value, onnx.TensorProto):
        return numpy_helper.to_array(value)
    return np.asarray(value) if not isinstance(value, list) else listed(value)


def listed(values: list[object]) -> np.ndarray:
    """A sequence, as an array of whatever it holds."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def compare(result: np.ndarray, expected: np.ndarray, case: Case) -> None:
    """As onnx compares, with the tolerances of the case."""
    assert result.dtype == expected.dtype
    assert result.shape == expected.shape
    if expected.dtype.kind in "fc":
        np.testing.assert_allclose(
            result, expected, rtol=case.relative, atol=case.absolute
        )
    else:
        np.testing.assert_array_equal(result, expected)


def operator(case: Case) -> str:
    """What a case tests; the name of its node, or of what it is expanded from."""
    nodes = [node.op_type for node in case.model.graph.node]
    return nodes[0] if len(nodes) == 1 else "(several nodes)"


def tally() -> dict[str, Counter[str]]:
    """The outcomes of the cases of each operator."""
    counts: dict[str, Counter[str]] = {}
    for case in cases():
        counts.setdefault(operator(case), Counter())[outcome(case)] += 1
    return dict(sorted(counts.items()))


def page(counts: dict[str, Counter[str]]) -> str:
    """The text of the page."""
    total = sum(counts.values(), Counter())
    head = HEAD.format(
        version=onnx.__version__,
        opset=NEWEST,
        passed=total["pass"],
        total=total.total(),
        unsupported=total["unsupported"],
        wrong=total["wrong"],
    )
    rows = (
        f"| {name} | {' | '.join(str(found[each]) for each in OUTCOMES)} |\n"
        for name, found in counts.items()
    )
    return head + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(tally()))
