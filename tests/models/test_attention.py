"""Attention with masks of every size and form, against onnxruntime.

A softmax cannot tell a score that is hidden by -1e4 from one that is hidden by minus
infinity, so int8 must not spend its steps on what lies between.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import NodeProto, TensorProto, helper, numpy_helper

import aipu

STEPS, WIDTH, HEADS = 16, 16, 2
LOWEST = float(np.finfo(np.float32).min)
CAUSAL = np.triu(np.ones((STEPS, STEPS), bool), 1)
"""What may not be looked at: all that comes later."""

GENERATOR = np.random.default_rng(11)
SAMPLES = GENERATOR.normal(size=(8, STEPS, WIDTH)).astype(np.float32)
INPUT = GENERATOR.normal(size=(1, STEPS, WIDTH)).astype(np.float32)


class Masking(NamedTuple):
    """The nodes from `scores` to `hidden`, and their constants."""

    nodes: Sequence[NodeProto]
    constants: Mapping[str, np.ndarray | np.float32]


Form = Callable[[float], Masking]


def added(hidden: float) -> Masking:
    mask = np.where(CAUSAL, np.float32(hidden), np.float32(0))
    node = helper.make_node("Add", ["scores", "mask"], ["hidden"])
    return Masking([node], {"mask": mask[None, None]})


def added_twice(hidden: float) -> Masking:
    """A causal mask on top of one for padding: sums of two lowest are infinite."""
    first = helper.make_node("Add", ["scores", "mask"], ["once"])
    second = helper.make_node("Add", ["once", "mask"], ["hidden"])
    return Masking([first, second], added(hidden).constants)


def chosen(hidden: float) -> Masking:
    node = helper.make_node("Where", ["later", "fill", "scores"], ["hidden"])
    return Masking([node], {"later": CAUSAL, "fill": np.float32(hidden)})


def moved(hidden: float) -> Masking:
    """Between mask and softmax, heads and batch become one axis."""
    add = helper.make_node("Add", ["scores", "mask"], ["masked"])
    reshape = helper.make_node("Reshape", ["masked", "flat"], ["hidden"])
    flat = np.array([HEADS, STEPS, STEPS])
    return Masking([add, reshape], {**added(hidden).constants, "flat": flat})


def scaled_later(hidden: float) -> Masking:
    """The sum of scores and mask is scaled, not the scores."""
    add = helper.make_node("Add", ["scores", "mask"], ["masked"])
    scale = helper.make_node("Mul", ["masked", "half"], ["hidden"])
    return Masking([add, scale], {**added(hidden).constants, "half": np.float32(0.5)})


def attention(masking: Masking, **others: tuple[int, ...]) -> onnx.ModelProto:
    """Of the input `x`, and others of these shapes."""
    generator = np.random.default_rng(5)
    weights = {
        name: generator.normal(0, WIDTH**-0.5, (WIDTH, WIDTH)).astype(np.float32)
        for name in ("wq", "wk", "wv", "wo")
    }
    constants = {
        **weights,
        **masking.constants,
        "heads": np.array([1, STEPS, HEADS, WIDTH // HEADS]),
        "each": np.array([1, HEADS, STEPS, STEPS]),
        "joined": np.array([1, STEPS, WIDTH]),
        "root": np.float32((WIDTH // HEADS) ** -0.5),
    }
    turned = {"q": (0, 2, 1, 3), "k": (0, 2, 3, 1), "v": (0, 2, 1, 3)}
    nodes = []
    for name, permutation in turned.items():
        nodes += [
            helper.make_node("MatMul", ["x", f"w{name}"], [f"{name}0"]),
            helper.make_node("Reshape", [f"{name}0", "heads"], [f"{name}1"]),
            helper.make_node("Transpose", [f"{name}1"], [name], perm=permutation),
        ]
    nodes += [
        helper.make_node("MatMul", ["q", "k"], ["products"]),
        helper.make_node("Mul", ["products", "root"], ["scores"]),
        *masking.nodes,
        helper.make_node("Softmax", ["hidden"], ["shares"], axis=-1),
        helper.make_node("Reshape", ["shares", "each"], ["shares4"]),
        helper.make_node("MatMul", ["shares4", "v"], ["seen"]),
        helper.make_node("Transpose", ["seen"], ["back"], perm=(0, 2, 1, 3)),
        helper.make_node("Reshape", ["back", "joined"], ["flat_y"]),
        helper.make_node("MatMul", ["flat_y", "wo"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "attention",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in {"x": INPUT.shape, **others}.items()
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, INPUT.shape)],
        [numpy_helper.from_array(np.asarray(a), name) for name, a in constants.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9)


def expected(
    model: onnx.ModelProto, inputs: dict[str, np.ndarray] | None = None
) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (found,) = session.run(None, inputs or {"x": INPUT})
    return np.asarray(found)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))


@pytest.mark.parametrize(
    ("form", "hidden"),
    [
        (added, -1e4),
        (added, -65504.0),
        (added, -1e9),
        (added, LOWEST),
        (added, -np.inf),
        (added_twice, LOWEST),
        (chosen, -1e9),
        (chosen, -np.inf),
        (moved, -1e9),
        (scaled_later, -1e9),
    ],
)
def test_a_mask_costs_the_scores_no_steps(form: Form, hidden: float) -> None:
    model = attention(form(hidden))
    package = aipu.compile(model, calibration=SAMPLES)
    reals = package.reference({"x": INPUT}, "float")["y"]
    assert reals == pytest.approx(expected(model), abs=1e-5)
    stored = package.run({"x": INPUT}).outputs["y"]
    assert cosine(stored, expected(model)) > 0.995


def test_a_mask_that_is_computed_costs_none_either() -> None:
    """As BERT has it: `(1 - mask) * -1e4`, of an input that says what to look at."""
    nodes = [
        helper.make_node("Sub", ["one", "looked_at"], ["away"]),
        helper.make_node("Mul", ["away", "lowest"], ["mask"]),
        *added(0).nodes,
    ]
    constants = {"one": np.float32(1), "lowest": np.float32(-1e4)}
    model = attention(Masking(nodes, constants), looked_at=(1, 1, 1, STEPS))
    kept = np.ones((8, 1, 1, STEPS), np.float32)
    kept[::2, ..., 12:] = 0
    package = aipu.compile(model, calibration={"x": SAMPLES, "looked_at": kept})
    inputs = {"x": INPUT, "looked_at": kept[:1]}
    stored = package.run(inputs).outputs["y"]
    assert cosine(stored, expected(model, inputs)) > 0.995


def test_a_row_that_is_masked_as_a_whole_is_what_onnxruntime_makes_of_it() -> None:
    mask = np.where(CAUSAL, np.float32(-1e9), np.float32(0))[None, None]
    mask[..., 3, :] = -1e9
    model = attention(Masking(added(0).nodes, {"mask": mask}))
    package = aipu.compile(model, calibration=SAMPLES)
    reals = package.reference({"x": INPUT}, "float")["y"]
    assert reals == pytest.approx(expected(model), abs=1e-5)
    stored = package.run({"x": INPUT}).outputs["y"]
    assert cosine(stored, expected(model)) > 0.995
