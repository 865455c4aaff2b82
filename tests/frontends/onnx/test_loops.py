"""Loops whose turns are known, against onnxruntime; and those whose turns are not."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper, parser

from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.frontends.limits import MOST_PARTS
from aipu.frontends.onnx.importer import import_onnx

CONSTANTS = {
    "three": np.array(3),
    "none": np.array(0),
    "many": np.array(MOST_PARTS + 1),
    "lots": np.array(80),
    "w": np.ones(4, np.float32),
    "two": np.array(2),
    "ten": np.array(10.0, np.float32),
    "v": np.ones(3, np.float32),
    "yes": np.array(True),
    "no": np.array(False),
    "half": np.array(0.5, np.float32),
    "one": np.array(1.0, np.float32),
    "bias": np.arange(4, dtype=np.float32),
}


def model(body: str, outputs: str = "float[a, b] y", opset: int = 17):
    """A graph of an input x [3, 4]."""
    proto = parser.parse_model(
        f'<ir_version: 8, opset_import: ["": {opset}]>\n'
        f"graph (float[3, 4] x) => ({outputs}) {{ {body} }}"
    )
    proto.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in CONSTANTS.items()
    )
    return proto


HALVING = """body (int64 i, bool going_on, float[3, 4] a)
    => (bool again, float[3, 4] b) {
    again = Identity (going_on)
    s = Add (a, bias)
    b = Mul (s, half)
}"""
COUNTING = """body (int64 i, bool going_on, float[3, 4] a)
    => (bool again, float[3, 4] b) {
    again = Less (i, two)
    t = Cast <to = 1> (i)
    b = Add (a, t)
}"""
GROWING = """body (int64 i, bool going_on, float[3, 4] a, float n)
    => (bool again, float[3, 4] b, float m) {
    m = Add (n, n)
    again = Less (m, ten)
    b = Mul (a, m)
}"""
COLLECTING = """body (int64 i, bool going_on, float[3, 4] a)
    => (bool again, float[3, 4] b, float[3, 4] c, float d) {
    again = Identity (going_on)
    b = Mul (a, half)
    c = Add (b, x)
    d = Cast <to = 1> (i)
}"""
BRANCHING = """body (int64 i, bool going_on, float[3, 4] a)
    => (bool again, float[3, 4] b) {
    again = Identity (going_on)
    later = Less (none, i)
    b = If (later) <
        then_branch = later_turns () => (float[3, 4] n) { n = Neg (a) },
        else_branch = first_turn () => (float[3, 4] s) { s = Sub (a, one) }
    >
}"""
NESTED = """outer (int64 i, bool going_on, float[3, 4] a)
    => (bool again, float[3, 4] b) {
    again = Identity (going_on)
    b = Loop (i, , a) <body = inner (int64 j, bool more, float[3, 4] c)
        => (bool on, float[3, 4] d) {
        on = Identity (more)
        e = Mul (c, half)
        d = Add (e, a)
    }>
}"""

LOOPS = {
    "so many turns": f"y = Loop (three, , x) <body = {HALVING}>",
    "so many turns, if at all": f"y = Loop (three, yes, x) <body = {HALVING}>",
    "no turn": f"y = Loop (none, , x) <body = {HALVING}>",
    "no turn, by its condition": f"y = Loop (three, no, x) <body = {HALVING}>",
    "until a turn": f"y = Loop (, yes, x) <body = {COUNTING}>",
    "until a turn, which the limit ends": f"y = Loop (two, yes, x) <body = {COUNTING}>",
    "until a variable has grown": f"y, n = Loop (, yes, x, one) <body = {GROWING}>",
    "with a branch in each turn": f"y = Loop (three, , x) <body = {BRANCHING}>",
    "with a loop in each turn": f"y = Loop (three, , x) <body = {NESTED}>",
    "twice": f"z = Loop (two, , x) <body = {HALVING}> "
    f"y = Loop (three, , z) <body = {HALVING}>",
    "as many turns as there are rows": f"""
        rows = Shape <start = 0, end = 1> (x)
        y = Loop (rows, , x) <body = {HALVING}>""",
}


@pytest.fixture
def check(results, reference, error, left_to_onnx, generator):
    """A model means here what it means in onnxruntime, with no help of onnx."""

    def run(proto: onnx.ModelProto) -> None:
        x = generator.standard_normal((3, 4), np.float32)
        imported = import_onnx(proto)
        assert error(results(imported, [x]), reference(proto, [x])) < 1e-6
        assert left_to_onnx(imported) == []

    return run


@pytest.mark.parametrize("name", LOOPS)
def test_loop(check, name):
    check(model(LOOPS[name]))


@pytest.mark.parametrize("opset", [11, 17])
def test_what_turns_collect(check, opset):
    loop = f"y, all, numbers = Loop (three, , x) <body = {COLLECTING}>"
    check(model(loop, "float[a, b] y, float[c, a, b] all, float[c] numbers", opset))


SCANNING = """body (float[s] a, float[s] e) => (float[s] b, float[s] c) {
    h = Mul (a, half)
    b = Add (h, e)
    c = Sub (e, a)
}"""
SCANS = {
    "rows": ("w", "num_scan_inputs = 1"),
    "rows backwards": ("w", "num_scan_inputs = 1, scan_input_directions = [1]"),
    "columns": ("v", "num_scan_inputs = 1, scan_input_axes = [1]"),
    "columns, from the end": (
        "v",
        "num_scan_inputs = 1, scan_input_axes = [-1], scan_output_axes = [1], "
        "scan_output_directions = [1]",
    ),
}


@pytest.mark.parametrize("name", SCANS)
def test_scan(check, name):
    state, attributes = SCANS[name]
    proto = model(
        f"y, all = Scan ({state}, x) <{attributes}, body = {SCANNING}>",
        "float[a] y, float[b, c] all",
    )
    check(proto)


ENDLESS = HALVING.replace("Identity (going_on)", "Identity (yes)")
BY_A_SUM = HALVING.replace(
    "again = Identity (going_on)",
    "t = ReduceSum <keepdims = 0> (a) again = Less (t, ten)",
)
REFUSED = {
    f"y = Loop (many, , x) <body = {HALVING}>": "more than 1024 turns",
    f"y = Loop (, yes, x) <body = {ENDLESS}>": "more than 1024 turns",
    f"y = Loop (, yes, x) <body = {BY_A_SUM}>": "when it ends depends on 'x'",
    f"s = Size (x) t = ReduceSum <keepdims = 0> (x) m = Cast <to = 7> (t) "
    f"y = Loop (m, , x) <body = {HALVING}>": "when it ends depends on 'm'",
    f"y = Loop (three, , x, one) <body = {HALVING}>": "expected 4 and 2",
    f"y = Scan (x) <num_scan_inputs = 2, body = {SCANNING}>": "2 inputs to scan",
    f"y = Scan (x) <num_scan_inputs = 1, scan_input_axes = [2], body = {SCANNING}>": (
        "axis 2 of a tensor of rank 2"
    ),
    "y = Loop (three, , x)": "it has no body",
    f"y = Loop (half, , x) <body = {HALVING}>": "'half' is no whole number",
    "y = Scan (x) <num_scan_inputs = 1, scan_input_axes: ints = [], "
    f"body = {SCANNING}>": "its body has 2 inputs",
    f"y, z = Scan (w, x) <num_scan_inputs = 1, scan_output_axes = [0, 1], "
    f"body = {SCANNING}>": "'scan_output_axes' has not 1 numbers: [0, 1]",
    f"y = Loop (lots, , x) <body = {NESTED.replace('Loop (i,', 'Loop (lots,')}>": (
        "all loops take more than 4096 turns together"
    ),
    f"z, y, n = Loop (none, , x) <body = {COLLECTING}>": "one part a turn",
}


@pytest.mark.parametrize("body", REFUSED, ids=REFUSED.values())
def test_loops_that_are_refused(body):
    with pytest.raises(AipuError) as caught:
        import_onnx(model(body))
    assert REFUSED[body] in str(caught.value)


def test_each_turn_has_names_of_its_own(function):
    imported = import_onnx(model(LOOPS["so many turns"]))
    block = function(imported).body.block
    places = [str(op.location) for op in block.ops if isinstance(op, nn.Operator)]
    assert len(places) == len(set(places)) == 6
