"""Networks written as an IR: reading one gives it back."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import TensorType, f32

from aipu.dialects import nn
from aipu.dialects.quant import quantisation
from aipu.dialects.semantics.evaluate import evaluate
from aipu.dialects.semantics.uniform import to_reals
from aipu.frontends.formats import importer
from aipu.frontends.network import Network as Emitting
from aipu.frontends.zhouyi_ir.text import read_text
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import input_name, main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.aipubuild.straight import straightened
from aipu.runtime.aipubuild.writer.write import Style, Written, write_ir
from aipu.tests.frontends.tflite.small_files import quantised_file
from aipu.tests.quantised_networks import Network, networks


def written(module, weights, **options) -> Written:
    return write_ir(straightened(module), weights, "net", **options)


def read_back(made: Written):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.txt"
        path.write_text(made.text)
        path.with_suffix(".bin").write_bytes(made.data)
        return importer(path)(path)


def shapes_and_types(module) -> list[tuple[str, str]]:
    """The operators in order, with the types of their operands and results."""
    return [
        (op.name, " ".join(str(value.type) for value in (*op.operands, *op.results)))
        for op in module.walk()
        if isinstance(op, nn.Operator)
    ]


def reals(arrays, values):
    """Integers as the reals that they stand for."""
    return [
        array if element is None else to_reals(array, element)
        for array, element in zip(arrays, map(quantisation, values), strict=True)
    ]


@settings(max_examples=30)
@given(networks(layers=4))
def test_what_is_read_back_computes_the_same_integers(network: Network):
    main = main_function(network.module)
    returning = main.get_return_op()
    assert returning is not None
    results = returning.operands
    expected = reals(evaluate(main, network.inputs, network.weights), results)
    model = read_back(written(network.module, network.weights))
    again = main_function(model.module)
    # An input that nothing depends on is not read back.
    inputs = [
        reals(network.inputs, main.args)[number].astype(np.float32)
        for number in (int(input_name(each)[len("input_") :]) for each in again.args)
    ]
    found = evaluate(again, inputs, model.weights)
    for array, reference in zip(found, expected, strict=True):
        np.testing.assert_allclose(array, reference, rtol=1e-6)


@settings(max_examples=20)
@given(networks(layers=4))
def test_a_text_that_is_read_and_written_again_is_the_same(network: Network):
    model = read_back(written(network.module, network.weights))
    once = written(model.module, model.weights)
    model = read_back(once)
    twice = written(model.module, model.weights)
    assert twice.text == once.text
    assert twice.data == once.data


def test_a_float_network_is_read_back_as_it_was(pair):
    model = importer(pair)(pair)
    again = read_back(written(model.module, model.weights, style=Style.PARSER))
    assert str(again.module) == str(model.module)
    assert again.weights.keys() == model.weights.keys()
    for key, array in model.weights.items():
        np.testing.assert_array_equal(again.weights[key], array)


def test_a_network_in_segments_is_written_as_one(pair):
    """Quantised and placed: with the integers of its ends, and nothing in between."""
    model = importer(pair)(pair)
    context = AipuContext(model.weights)
    arithmetic = build_pipeline("import,quantise{arithmetic=zhouyi}", PASSES)
    run_pipeline(arithmetic, model.module, context)
    image = np.random.default_rng(1).standard_normal((1, 5, 5, 2)).astype(np.float32)
    (expected,) = evaluate(main_function(model.module), [image], context.weights)
    made = written(model.module, context.weights)
    types = [
        layer.text("layer_type") for layer in read_text(made.text, "net.txt").layers
    ]
    assert types == ["Input", "Convolution", "Pooling", "Reshape", "FullyConnected"]
    again = read_back(made)
    (found,) = evaluate(main_function(again.module), [image], again.weights)
    np.testing.assert_array_equal(found, expected)
    inlined = [
        each
        for function in model.module.body.block.ops
        for each in shapes_and_types(function)
    ]
    assert shapes_and_types(again.module) == inlined


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_the_rounding_of_tflite_is_read_back(tmp_path, dtype):
    """Multipliers of float32, and a mean that is counted from another integer."""
    path = tmp_path / "net.tflite"
    path.write_bytes(quantised_file(dtype))
    model = importer(path)(path)
    context = AipuContext(model.weights)
    run_pipeline(build_pipeline("import,quantise", PASSES), model.module, context)
    image = np.random.default_rng(1).uniform(-2, 2, (1, 8, 8, 3)).astype(np.float32)
    (expected,) = evaluate(main_function(model.module), [image], context.weights)
    again = read_back(written(model.module, context.weights))
    (found,) = evaluate(main_function(again.module), [image], again.weights)
    np.testing.assert_array_equal(found, expected)
    singles = [a for a in again.weights.values() if a.dtype == np.float32]
    means = [op for op in again.module.walk() if isinstance(op, nn.AvgPool2dOp)]
    assert len(singles) == 3
    assert [op.around is not None for op in means] == [True]


def test_both_styles_have_their_header(pair):
    model = importer(pair)(pair)
    parsers = written(model.module, model.weights, style=Style.PARSER)
    assert parsers.text.startswith(
        "model_name=net\nmodel_domain=image_classification\nlayer_number=6\n"
        "precision=float32\ncompat_quantized_model=false\nmodel_bin=./net.bin\n"
        "input_tensors=[image]\noutput_tensors=[scores]\n\n"
    )
    optimizers = written(model.module, model.weights)
    assert optimizers.text.startswith(
        "model_name=net\nlayer_number=6\n"
        "input_tensors=[image]\noutput_tensors=[scores]\n\n"
    )


UNARY = [
    nn.AbsOp, nn.NegOp, nn.SignOp, nn.SquareOp, nn.ReciprocalOp, nn.SqrtOp, nn.RsqrtOp,
    nn.ExpOp, nn.LogOp, nn.SinOp, nn.CosOp, nn.FloorOp, nn.CeilOp, nn.RoundOp, nn.ErfOp,
    nn.TanhOp, nn.SigmoidOp, nn.SiluOp, nn.GeluOp, nn.GeluTanhOp, nn.SoftplusOp,
    nn.SoftsignOp, nn.MishOp, nn.SeluOp, nn.HardSwishOp,
]  # fmt: skip


def one_operator(make):
    """A network of one operator on [2, 4, 6, 8], made by `make(network, ifm)`."""
    network = Emitting({"x": (2, 4, 6, 8)})
    op: nn.Operator = make(network, network.inputs["x"])
    return network.finish("net", {"y": network.emit(op, "layer")})


def constant(network, *shape):
    random = np.random.default_rng(0)
    array = random.uniform(0.5, 2, shape).astype(np.float32)
    key = network.weights.add("c", array)
    return network.emit(nn.WeightOp(key, TensorType(f32, shape)), "c")


OPERATORS = {
    "clamp": lambda n, x: nn.ClampOp(x, -1.5, 2.0),
    "relu6": lambda n, x: nn.ClampOp(x, 0.0, 6.0),
    "leaky_relu": lambda n, x: nn.LeakyReluOp(x, 0.1),
    "elu": lambda n, x: nn.EluOp(x, 0.7),
    "celu": lambda n, x: nn.CeluOp(x, 0.7),
    "thresholded": lambda n, x: nn.ThresholdedReluOp(x, 0.3),
    "hard_sigmoid": lambda n, x: nn.HardSigmoidOp(x, 0.2, 0.4),
    "shrink": lambda n, x: nn.ShrinkOp(x, 0.5, 0.1),
    "prelu": lambda n, x: nn.PReluOp(x, constant(n, 8)),
    "prelu of pixels": lambda n, x: nn.PReluOp(x, constant(n, 4, 6, 8)),
    "add": lambda n, x: nn.AddOp(x, x),
    "multiply": lambda n, x: nn.MulOp(constant(n, 8), x),
    "divide": lambda n, x: nn.DivOp(x, constant(n, 1)),
    "power": lambda n, x: nn.PowOp(x, constant(n, 1)),
    "maximum": lambda n, x: nn.MaximumOp(x, constant(n, 8)),
    "equal": lambda n, x: nn.EqualOp(x, x),
    "select": lambda n, x: nn.SelectOp(x, x, constant(n, 8)),
    "matmul": lambda n, x: nn.MatMulOp(x, x, transposed=True),
    "transpose": lambda n, x: nn.TransposeOp(x, (0, 3, 1, 2)),
    "reshape": lambda n, x: nn.ReshapeOp(x, (2, 24, 8)),
    "concat": lambda n, x: nn.ConcatOp([x, x], 2),
    "slice": lambda n, x: nn.SliceOp(x, (0, 1, 5, 7), (2, 2, 6, 4), (1, 2, -1, -2)),
    "pad": lambda n, x: nn.PadOp(x, (0, 1, 0, 2), (0, 0, 3, 0), 1.5),
    "max_pool": lambda n, x: nn.MaxPool2dOp(x, (2, 3), (2, 1), (1, 0, 0, 2)),
    "avg_pool": lambda n, x: nn.AvgPool2dOp(x, (3, 3), (2, 2), (1, 1, 1, 1)),
    "avg_pool, counting": lambda n, x: nn.AvgPool2dOp(
        x, (3, 3), (2, 2), (1, 1, 1, 1), counting_pad=True
    ),
    "conv": lambda n, x: nn.Conv2dOp(
        x, constant(n, 6, 3, 2, 4), constant(n, 6), stride=(2, 1), pad=(1, 0, 2, 1),
        dilation=(1, 2), groups=2,
    ),
    "conv_transpose": lambda n, x: nn.ConvTranspose2dOp(
        x, constant(n, 6, 3, 3, 4), constant(n, 6), stride=(2, 3), pad=(1, 0, 0, 1),
        extra=(1, 0), groups=2,
    ),
    "lrn": lambda n, x: nn.LrnOp(x, 3, 0.1, 0.75, 2.0),
    "layer_norm": lambda n, x: nn.LayerNormOp(
        x, constant(n, 6, 8), constant(n, 6, 8), 1e-5
    ),
    "softmax": lambda n, x: nn.SoftmaxOp(x, 2),
    "mean": lambda n, x: nn.ReduceMeanOp(x, (1, 3), keep=True),
    "sum": lambda n, x: nn.ReduceSumOp(x, (3,), keep=False),
    "arg_max": lambda n, x: nn.ArgMaxOp(x, 3, keep=True, last=True),
    "resize": lambda n, x: nn.ResizeOp(
        x, (8, 12), (0.5, 0.5), (-0.25, -0.25), "linear"
    ),
    "odd resize": lambda n, x: nn.ResizeOp(x, (8, 9), (0.4, 0.6), (0.1, 0.2), "floor"),
    **{kind.name: (lambda n, x, kind=kind: kind(x)) for kind in UNARY},
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_is_read_back(name):
    model = one_operator(OPERATORS[name])
    again = read_back(written(model.module, model.weights))
    assert shapes_and_types(again.module) == shapes_and_types(model.module)
    x = np.random.default_rng(4).uniform(-2, 2, (2, 4, 6, 8)).astype(np.float32)
    (expected,) = evaluate(main_function(model.module), [x], model.weights)
    (found,) = evaluate(main_function(again.module), [x], again.weights)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["select", "equal", "odd resize", "prelu of pixels"])
def test_what_the_ir_has_no_word_for_is_told(name):
    model = one_operator(OPERATORS[name])
    made = written(model.module, model.weights)
    (warning,) = made.warnings
    assert warning.startswith("layer: the IR has no word for nn.")


@given(st.lists(st.text(max_size=6), min_size=2, max_size=4))
def test_any_names_will_do(names):
    """Names of the model's own end up as names that a list of the IR can hold."""
    network = Emitting({"x": (1, 4)})
    value = network.inputs["x"]
    for name in names:
        value = network.emit(nn.AbsOp(value), name)
    outputs = {f"{names[0]} ": value, f"{names[-1]}  ": network.inputs["x"]}
    model = network.finish("net", outputs)
    again = read_back(written(model.module, model.weights))
    kinds = [kind for kind, _ in shapes_and_types(again.module)]
    assert kinds == ["nn.abs"] * len(names)
