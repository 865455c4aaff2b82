"""Loops of TensorFlow 1, unrolled."""

from collections.abc import Callable

import numpy as np
import pytest

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.limits import MOST_PARTS
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.tests.frontends.tensorflow.conftest import computed

STEPS, FEATURES, CELLS = 4, 3, 5


def loop_of_counter(writer, limit: str, frame: str = "loop") -> Callable[[str], str]:
    """The nodes that count a loop up to `limit`; returns what adds a variable to it.

    The counter of a turn is `<frame>/i`. The function that is returned takes the name
    of a value and returns what the variable is in a turn; `close` ends it.
    """
    start = writer.constant(f"{frame}/start", 0)
    writer.node("Enter", f"{frame}/enter", start, frame_name=frame)
    writer.node("Merge", f"{frame}/merge", f"{frame}/enter", f"{frame}/next")
    writer.node("Enter", f"{frame}/limit", limit, frame_name=frame, is_constant=True)
    writer.node("Less", f"{frame}/less", f"{frame}/merge", f"{frame}/limit")
    writer.node("LoopCond", f"{frame}/cond", f"{frame}/less")
    writer.node("Switch", f"{frame}/switch", f"{frame}/merge", f"{frame}/cond")
    writer.node("Identity", f"{frame}/i", f"{frame}/switch:1")
    one = writer.constant(f"{frame}/one", 1, f"^{frame}/i")
    writer.node("Add", f"{frame}/more", f"{frame}/i", one)
    writer.node("NextIteration", f"{frame}/next", f"{frame}/more")

    def variable(value: str) -> str:
        name = f"{frame}/{value}"
        writer.node("Enter", f"{name}/enter", value, frame_name=frame)
        writer.node("Merge", f"{name}/merge", f"{name}/enter", f"{name}/next")
        writer.node("Switch", f"{name}/switch", f"{name}/merge", f"{frame}/cond")
        writer.node("Identity", f"{name}/now", f"{name}/switch:1")
        return f"{name}/now"

    return variable


def close(writer, frame: str, value: str, following: str) -> str:
    """The variable becomes `following` in the next turn; returns what it is at last."""
    name = f"{frame}/{value}"
    writer.node("NextIteration", f"{name}/next", following)
    return writer.node("Exit", f"{name}/exit", f"{name}/switch")


def invariant(writer, frame: str, value: str) -> str:
    """A value of outside, inside."""
    return writer.node(
        "Enter", f"{frame}/{value}/same", value, frame_name=frame, is_constant=True
    )


def recurrent(writer, limit: str) -> None:
    """`h = tanh(x[t] @ w + h @ u)` for all steps, the states in a tensor array."""
    writer.placeholder("x", (STEPS, 1, FEATURES))
    generator = np.random.default_rng(1)
    writer.constant("w", generator.standard_normal((FEATURES, CELLS)))
    writer.constant("u", generator.standard_normal((CELLS, CELLS)))
    writer.constant("h", np.zeros((1, CELLS)))
    indices = writer.constant("indices", np.arange(STEPS))
    count = writer.constant("count", STEPS)
    writer.node("TensorArrayV3", "in", count)
    writer.node("TensorArrayScatterV3", "filled", "in", indices, "x", "in:1")
    writer.node("TensorArrayV3", "out", count)
    writer.node("Identity", "flow", "out:1")
    variable = loop_of_counter(writer, limit)
    h, flow = variable("h"), variable("flow")
    constant = ("in", "filled", "w", "u")
    same = {name: invariant(writer, "loop", name) for name in constant}
    handle = invariant(writer, "loop", "out")
    writer.node("TensorArrayReadV3", "xt", same["in"], "loop/i", same["filled"])
    writer.node("MatMul", "wx", "xt", same["w"])
    writer.node("MatMul", "uh", h, same["u"])
    writer.node("Add", "sum", "wx", "uh")
    writer.node("Tanh", "state", "sum")
    writer.node("TensorArrayWriteV3", "written", handle, "loop/i", "state", flow)
    close(writer, "loop", "h", "state")
    flow = close(writer, "loop", "flow", "written")
    writer.node("TensorArraySizeV3", "size", "out", flow)
    zero, one = writer.constant("zero", 0), writer.constant("step", 1)
    writer.node("Range", "all", zero, "size", one)
    writer.node("TensorArrayGatherV3", "y", "out", "all", flow)


def test_a_recurrent_network(writer, check, generator):
    recurrent(writer, writer.constant("limit", STEPS))
    x = generator.standard_normal((STEPS, 1, FEATURES), np.float32)
    imported = check(writer, outputs=("y", "loop/h/exit"), x=x)
    weights = imported.weights
    assert len([key for key in weights if weights[key].ndim == 2]) == 3


def test_turns_are_counted_in_the_names(writer, saved):
    recurrent(writer, writer.constant("limit", STEPS))
    imported = import_tensorflow(saved(writer))
    text = str(imported.module)
    names = [f'"state/{turn}"' for turn in range(STEPS)]
    assert all(name in _locations(imported) for name in names), text


def _locations(imported) -> str:
    return " ".join(str(op.location) for op in imported.module.walk())


def test_the_limit_may_be_computed(writer, check, generator):
    """As dynamic_rnn does: the shape of the input, sliced."""
    writer.constant("none", [0])
    writer.constant("first", [1])
    writer.node("Shape", "shape", "x")
    writer.node(
        "StridedSlice", "steps", "shape", "none", "first", "first", shrink_axis_mask=1
    )
    recurrent(writer, "steps")
    x = generator.standard_normal((STEPS, 1, FEATURES), np.float32)
    check(writer, x=x)


def test_a_loop_that_does_not_turn(writer, check, generator):
    writer.placeholder("x", (2, 3))
    variable = loop_of_counter(writer, writer.constant("limit", 0))
    writer.node("Tanh", "t", variable("x"))
    y = close(writer, "loop", "x", "t")
    writer.node("Relu", "y", y)
    x = generator.standard_normal((2, 3), np.float32)
    check(writer, x=x)


def test_a_loop_in_a_loop(writer, saved, generator):
    """tanh twice, three times over."""
    writer.placeholder("x", (2, 3))
    outer = loop_of_counter(writer, writer.constant("three", 3), "outer")
    writer.node("Identity", "v", outer("x"))
    writer.node("Identity", "two", writer.constant("2", 2))
    inner = loop_of_counter(writer, "two", "inner")
    # The counter of the inner loop starts with something of the turn of the outer one.
    node = next(n for n in writer.proto.node if n.name == "inner/start")
    node.input.append("^outer/i")
    enter = next(n for n in writer.proto.node if n.name == "inner/enter")
    writer.node("Mul", "inner/zero", "outer/i", writer.constant("nothing", 0))
    enter.input[0] = "inner/zero"
    limit = next(n for n in writer.proto.node if n.name == "inner/limit")
    writer.node("Add", "inner/two", "inner/zero", "two")
    limit.input[0] = "inner/two"
    writer.node("Tanh", "t", inner("v"))
    result = close(writer, "inner", "v", "t")
    y = close(writer, "outer", "x", result)
    writer.node("Identity", "y", y)
    x = generator.standard_normal((2, 3), np.float32)
    (found,) = computed(import_tensorflow(saved(writer)), [x])
    expected = x
    for _ in range(6):
        expected = np.tanh(expected)
    assert np.abs(found - expected).max() < 1e-6


def test_a_loop_without_end_is_refused(writer, saved):
    writer.placeholder("x", (2, 3))
    variable = loop_of_counter(writer, writer.constant("limit", 10**9))
    now = variable("x")
    writer.node("Identity", "y", close(writer, "loop", "x", now))
    with pytest.raises(
        AipuError, match=f"not ended after {MOST_PARTS} turns"
    ) as caught:
        import_tensorflow(saved(writer))
    assert caught.value.place == "loop 'loop'"


def test_loops_that_multiply_are_refused(writer, saved):
    """A thousand turns of a thousand turns."""
    writer.placeholder("x", (2, 3))
    outer = loop_of_counter(writer, writer.constant("limit", 999), "outer")
    writer.node("Identity", "v", outer("x"))
    inner = loop_of_counter(writer, writer.constant("limit2", 999), "inner")
    enter = next(n for n in writer.proto.node if n.name == "inner/enter")
    writer.node("Mul", "inner/zero", "outer/i", writer.constant("nothing", 0))
    enter.input[0] = "inner/zero"
    result = close(writer, "inner", "v", inner("v"))
    writer.node("Identity", "y", close(writer, "outer", "x", result))
    with pytest.raises(AipuError, match="carry out more than"):
        import_tensorflow(saved(writer))


def test_a_loop_that_depends_on_data_is_refused(writer, saved):
    writer.placeholder("x", (2, 3))
    variable = loop_of_counter(writer, writer.constant("limit", 3))
    now = variable("x")
    condition = next(n for n in writer.proto.node if n.name == "loop/less")
    condition.input[0] = "loop/x/merge"
    writer.node("Identity", "y", close(writer, "loop", "x", now))
    with pytest.raises(UnsupportedError, match="depends on data"):
        import_tensorflow(saved(writer))


def test_a_loop_that_depends_on_data_may_lie_in_a_branch_never_taken(writer, saved):
    writer.placeholder("x", (2, 3))
    variable = loop_of_counter(writer, writer.constant("limit", 3))
    now = variable("x")
    condition = next(n for n in writer.proto.node if n.name == "loop/less")
    condition.input[0] = "loop/x/merge"
    left = close(writer, "loop", "x", now)
    off = writer.constant("off", False)
    writer.node("Switch", "if", left, off)
    writer.node("Switch", "else", "x", off)
    writer.node("Merge", "y", "else", "if:1")
    x = np.ones((2, 3), np.float32)
    (found,) = computed(import_tensorflow(saved(writer)), [x])
    assert found.tolist() == x.tolist()


def test_a_cut_within_a_loop_is_refused(writer, saved):
    recurrent(writer, writer.constant("limit", STEPS))
    with pytest.raises(AipuError):
        import_tensorflow(
            saved(writer), inputs=["loop/h/switch"], shapes={"loop/h/switch": [1, 5]}
        )


@pytest.mark.parametrize("training", [False, True])
def test_branches_on_constants(writer, check, generator, training):
    """tf.cond of a placeholder that has a default."""
    writer.placeholder("x", (2, 3))
    writer.node("PlaceholderWithDefault", "train", writer.constant("d", training))
    writer.node("Switch", "s", "x", "train")
    writer.node("Relu", "no", "s")
    writer.node("Tanh", "yes", "s:1")
    writer.node("Merge", "y", "no", "yes")
    x = generator.standard_normal((2, 3), np.float32)
    (found,) = [check(writer, x=x)]
    names = {op.name for op in found.module.walk()}
    assert ("nn.tanh" in names) == training
