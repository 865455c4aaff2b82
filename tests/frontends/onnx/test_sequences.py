"""Sequences of tensors, whose elements are known one by one, against onnxruntime."""

import numpy as np
import pytest
from onnx import numpy_helper, parser

from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx

CONSTANTS = {
    "zero": np.array(0),
    "one": np.array(1),
    "last": np.array(-1),
    "two": np.array(2),
    "three": np.array(3),
    "nine": np.array(9),
    "sizes": np.array([1, 3]),
    "offset": np.arange(4, dtype=np.float32),
}


def model(body: str, outputs: str = "float[a, b] y"):
    """A graph of an input x [3, 4]."""
    proto = parser.parse_model(
        '<ir_version: 8, opset_import: ["": 17]>\n'
        f"graph (float[3, 4] x) => ({outputs}) {{ {body} }}"
    )
    proto.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in CONSTANTS.items()
    )
    return proto


COLLECTED = """
    s = SequenceEmpty ()
    t = Loop (three, , s) <body = body (int64 i, bool more, seq(float[3, 4]) a)
        => (bool again, seq(float[3, 4]) b) {
        again = Identity (more)
        f = Cast <to = 1> (i)
        m = Mul (x, f)
        b = SequenceInsert (a, m)
    }>"""
MADE = "n = Neg (x) s = SequenceConstruct (x, n, offset)"
SEQUENCES = {
    "at": f"{MADE} a = SequenceAt (s, one) y = Add (a, x)",
    "at the end": f"{MADE} a = SequenceAt (s, last) y = Add (a, x)",
    "inserted at the end": f"{MADE} t = SequenceInsert (s, x) "
    "y = SequenceAt (t, three)",
    "inserted": f"{MADE} t = SequenceInsert (s, x, one) y = SequenceAt (t, two)",
    "inserted before the last": f"{MADE} t = SequenceInsert (s, x, last) "
    "y = SequenceAt (t, two)",
    "erased": f"{MADE} t = SequenceErase (s, zero) y = SequenceAt (t, zero)",
    "last erased": f"{MADE} t = SequenceErase (s) "
    "y = ConcatFromSequence <axis = 0> (t)",
    "length": f"{MADE} l = SequenceLength (s) f = Cast <to = 1> (l) y = Mul (x, f)",
    "passed on": f"{MADE} t = Identity (s) y = SequenceAt (t, one)",
    "collected in a loop": f"{COLLECTED} y = ConcatFromSequence <axis = 1> (t)",
    "single rows": "s = SplitToSequence (x) a = SequenceAt (s, one) y = Add (a, x)",
    "single rows without their axis": "s = SplitToSequence <keepdims = 0> (x) "
    "a = SequenceAt (s, one) y = Add (a, x)",
    "parts of a size": "s = SplitToSequence <axis = 1> (x, three) "
    "y = SequenceAt (s, one)",
    "parts of sizes": "s = SplitToSequence <axis = -1> (x, sizes) "
    "y = SequenceAt (s, one)",
}


@pytest.fixture
def check(results, reference, error, left_to_onnx, generator):
    """A model means here what it means in onnxruntime, with no help of onnx."""

    def run(proto):
        x = generator.standard_normal((3, 4), np.float32)
        imported = import_onnx(proto)
        assert error(results(imported, [x]), reference(proto, [x])) == 0
        assert left_to_onnx(imported) == []

    return run


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequence(check, name):
    check(model(SEQUENCES[name]))


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_elements_stacked(check, axis):
    body = f"{COLLECTED} y = ConcatFromSequence <axis = {axis}, new_axis = 1> (t)"
    check(model(body, "float[a, b, c] y"))


def test_parts_of_a_constant(check, operators):
    body = "s = SplitToSequence (offset, two) a = SequenceAt (s, one) y = Sub (x, b)"
    body = body.replace("y =", "b = ConcatFromSequence <axis = 0> (s) y =")
    check(model(body))
    assert operators(import_onnx(model(body))) == ["nn.sub"]


REFUSED = {
    f"{MADE} y = SequenceAt (s, three)": "place [3] of a sequence of 3 tensors",
    f"{MADE} t = SequenceErase (s, nine) y = SequenceAt (t, one)": "place [9]",
    "s = SequenceEmpty () y = ConcatFromSequence <axis = 0> (s)": "has no tensors",
    "s = SequenceEmpty () t = SequenceErase (s) y = SequenceAt (t, one)": "has none",
    "s = SplitToSequence (x, zero) y = SequenceAt (s, one)": "parts of 0 elements",
    f"{MADE} y = ConcatFromSequence <axis = 0> (s)": "node 'y' (ConcatFromSequence)",
    f"{MADE} t = ReduceSum <keepdims = 0> (x) p = Cast <to = 7> (t) "
    "y = SequenceAt (s, p)": "'p' is not constant",
    f"{MADE} y = Relu (s)": "'s' is a sequence of tensors",
}


@pytest.mark.parametrize("body", REFUSED, ids=REFUSED.values())
def test_sequences_that_are_refused(body):
    with pytest.raises(AipuError) as caught:
        import_onnx(model(body))
    assert REFUSED[body] in str(caught.value)


def test_a_sequence_is_no_output():
    with pytest.raises(AipuError, match=r"output 's': it is a sequence"):
        import_onnx(model(MADE, "seq(float[3, 4]) s"))
