"""Write docs/conformance.md: what passes of ONNX's own test suite.

    python docs/generate_conformance.py

Each case is a model, inputs, and the outputs that ONNX expects of them; it runs through
`aipu.backend`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper

from aipu import backend
from aipu.docs.onnx_suite import NEWEST, OF_FILES, Case, cases
from aipu.errors import AipuError

PAGE = Path(__file__).with_name("conformance.md")
PASSING = ("pass", "onnx")
OUTCOMES = (*PASSING, "unsupported", "wrong")
COLUMNS = "| pass | of onnx | unsupported | wrong |\n|---|--:|--:|--:|--:|\n"
"""The heads of the outcomes, after that of the first column."""

HEAD = """# Conformance to ONNX

Written by `python docs/generate_conformance.py`; the cases are those of the suite in
onnx {version}, up to opset {opset}, on the float level of the pipeline.

- *Pass*: the values and their type are as expected, within the tolerance of the case.
- *Of onnx*: they are, too, but a node that `nn` has no word for, or not in this form,
  was left to onnx's own reference implementation, on the host.
- *Unsupported*: a clean refusal that names the node and the reason.
- *Wrong*: a value that differs, or a result of another type.

{passed} of {total} cases of nodes pass, {of_nn} in words of `nn` alone, {of_onnx} with
nodes of onnx; {unsupported} are unsupported, {wrong} wrong. {networks_passed} of
{networks} networks pass.
"""
NETWORKS = """
## Networks for images

Whole networks that come with onnx, each weight replaced by an array of one number, so
that most outputs are all alike; the tests of the frontend compare their values under
random weights with onnxruntime's.

| network | nodes | outcome |
|---|--:|---|
"""
FILES = f"""
## Small models in files

Most of those from PyTorch are of opset 6, of 2017; opset 7 is the first that is read.

| kind {COLUMNS}"""
NODES = f"""
## Nodes

One node a case, or the nodes that an operator expands to.

| operator {COLUMNS}"""

Tally = dict[str, Counter[str]]


def outcome(case: Case) -> str:
    """One of `OUTCOMES`."""
    found = "pass"
    try:
        prepared = backend.prepare(case.model)
        for inputs, outputs in case.data:
            arrays = list(map(as_array, inputs))
            results = prepared.run(arrays)
            for result, expected in zip(results, outputs, strict=True):
                compare(result, as_array(expected), case)
            if prepared.needs_onnx(arrays):
                found = "onnx"
    except AipuError:
        return "unsupported"
    except AssertionError:
        return "wrong"
    return found


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


def tally(cases: Iterable[Case], key: Callable[[Case], str]) -> Tally:
    """The outcomes of cases, by a key."""
    counts: Tally = {}
    for case in cases:
        counts.setdefault(key(case), Counter())[outcome(case)] += 1
    return dict(sorted(counts.items()))


def total(tally: Tally) -> Counter[str]:
    return sum(tally.values(), Counter())


def passed(counts: Counter[str]) -> int:
    return sum(counts[each] for each in PASSING)


def rows(counts: Tally) -> str:
    """A row of a table for each key."""
    return "".join(
        f"| {name} | {' | '.join(str(found[each]) for each in OUTCOMES)} |\n"
        for name, found in counts.items()
    )


class Network(NamedTuple):
    """A network for images, and what became of it."""

    name: str
    nodes: int
    outcome: str


class Results(NamedTuple):
    """What became of all cases: networks, small models by kind, nodes by operator."""

    networks: list[Network]
    files: Tally
    nodes: Tally


def run_suite() -> Results:
    """Run all cases."""
    networks = [
        Network(
            case.name.removeprefix("test_"), len(case.model.graph.node), outcome(case)
        )
        for case in cases("real")
    ]
    files = {kind: total(tally(cases(kind), operator)) for kind in OF_FILES}
    return Results(networks, files, tally(cases("node"), operator))


def page(results: Results) -> str:
    """The text of the page."""
    nodes = total(results.nodes)
    networks = Counter(network.outcome for network in results.networks)
    head = HEAD.format(
        version=onnx.__version__,
        opset=NEWEST,
        passed=passed(nodes),
        total=nodes.total(),
        of_nn=nodes["pass"],
        of_onnx=nodes["onnx"],
        unsupported=nodes["unsupported"],
        wrong=nodes["wrong"],
        networks_passed=passed(networks),
        networks=networks.total(),
    )
    table = "".join(
        f"| {network.name} | {network.nodes} | {network.outcome} |\n"
        for network in results.networks
    )
    files, operators = rows(results.files), rows(results.nodes)
    return head + NETWORKS + table + FILES + files + NODES + operators


if __name__ == "__main__":
    PAGE.write_text(page(run_suite()))
