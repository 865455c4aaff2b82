"""Branches whose predicate is known: what the other one holds is not judged."""

import numpy as np
import pytest

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.tests.frontends.tensorflow.test_cutting import names

X = np.array([[-1.0, 0.5, 1, 2]], np.float32)


def dropout_in_cond(writer, training: bool) -> None:
    """As `tf.cond(is_training, dropout, identity)`: the mask depends on no input.

    The predicate is a placeholder with a default, its ends are left over.
    """
    writer.placeholder("x", (1, 4))
    writer.node(
        "PlaceholderWithDefault", "training", writer.constant("default", training)
    )
    writer.node("Switch", "cond", "training", "training")
    writer.node("Identity", "switch_t", "cond:1")
    writer.node("Identity", "switch_f", "cond")
    writer.node("Switch", "kept", "x", "training")
    writer.node("RandomUniform", "random", writer.constant("shape", [1, 4]))
    writer.node("GreaterEqual", "mask", "random", writer.constant("rate", 0.5))
    writer.node("Cast", "factor", "mask", DstT=np.dtype(np.float32))
    writer.node("Mul", "dropped", "kept:1", "factor")
    writer.node("Merge", "merged", "kept", "dropped")
    writer.node("Relu", "y", "merged")


def test_a_branch_that_is_never_taken_is_not_judged(writer, check):
    dropout_in_cond(writer, training=False)
    check(writer, x=X)


def test_a_predicate_without_a_default_is_to_be_fixed(writer, saved):
    dropout_in_cond(writer, training=False)
    predicate = next(node for node in writer.proto.node if node.name == "training")
    predicate.op = "Placeholder"
    del predicate.input[:]
    predicate.attr["dtype"].type = 10
    predicate.attr["shape"].shape.SetInParent()
    path = saved(writer)
    with pytest.raises(UnsupportedError, match="numbers, found bool") as caught:
        import_tensorflow(path)
    assert caught.value.remedy == "say what it is: --fix training=false"
    fixed = import_tensorflow(path, fixed={"training": np.array(False)})
    assert names(fixed) == (["x"], ["y"])


def test_the_ends_of_branches_are_no_outputs(writer, saved):
    dropout_in_cond(writer, training=False)
    assert names(import_tensorflow(saved(writer))) == (["x"], ["y"])


def test_the_branch_that_is_taken_is_judged(writer, saved):
    dropout_in_cond(writer, training=True)
    with pytest.raises(UnsupportedError, match="'random' \\(RandomUniform\\)"):
        import_tensorflow(saved(writer))


def test_an_output_of_a_branch_that_is_never_taken(writer, saved):
    dropout_in_cond(writer, training=False)
    with pytest.raises(AipuError, match="a branch that is never taken") as caught:
        import_tensorflow(saved(writer), outputs=["dropped"])
    assert caught.value.place == "output 'dropped'"


def test_all_that_an_output_lacks_is_named_at_once(writer, saved):
    """Also what lies behind what is unknown; what leads nowhere is left out."""
    writer.placeholder("x", (1, 4))
    writer.node("Mystery", "first", "x")
    writer.node("Riddle", "second", "first")
    writer.node("Enigma", "aside", "x")
    with pytest.raises(UnsupportedError) as caught:
        import_tensorflow(saved(writer), outputs=["second"])
    assert "2 nodes are not supported" in caught.value.message
    assert "'first' (Mystery)" in caught.value.message
    assert "'second' (Riddle)" in caught.value.message


def test_branches_within_branches(writer, check):
    """The inner predicate depends on the outer one's branch."""
    writer.placeholder("x", (1, 4))
    yes, no = writer.constant("yes", True), writer.constant("no", False)
    writer.node("Switch", "outer", "x", yes)
    writer.node("Switch", "inner", "outer:1", no)
    writer.node("Digamma", "strange", "inner:1")
    writer.node("Tanh", "plain", "inner")
    writer.node("Merge", "within", "plain", "strange")
    writer.node("Digamma", "other", "outer")
    writer.node("Merge", "y", "other", "within")
    check(writer, x=X)
