"""Real models: float ones are what TFLite runs, all others what the facts say."""

from pathlib import Path

import flatbuffers
import numpy as np
import pytest

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import main_function

FLOAT = [
    "mlperf_tiny/ad01_fp32.tflite",
    "mlperf_tiny/pretrainedResnet.tflite",
    "mlperf_tiny/vww_96_float.tflite",
    "mobilenet_v1_025/mobilenet_v1_0.25_224_1_default_1.tflite",
    "tflm/trained_lstm.tflite",
    "ultraface/version-RFB-320_without_postprocessing.tflite",
]
INTEGERS = [
    "mlperf_tiny/ad01_int8.tflite",
    "mlperf_tiny/kws_ref_model.tflite",
    "mlperf_tiny/pretrainedResnet_quant.tflite",
    "mlperf_tiny/vww_96_int8.tflite",
    "mobilenet_v1_025/mobilenet_v1_0.25_224_quant.tflite",
    "mobilenet_v2_int8/tf2_mobilenet_v2_1.0_224_ptq.tflite",
    "tflm/micro_speech_quantized.tflite",
    "tflm/person_detect.tflite",
    "tflm/trained_lstm_int8.tflite",
]
INTEGER_WEIGHTS = "mlperf_tiny/kws_ref_model_float32.tflite"


@pytest.mark.parametrize("fast", [False, True], ids=["plain", "fast"])
@pytest.mark.parametrize("file", FLOAT, ids=lambda file: Path(file).stem)
def test_float_models(shared, runtime, generator, file, fast):
    path = shared / "models" / file
    model = import_tflite(path)
    main = main_function(model.module)
    x = generator.uniform(-1, 1, nn.shape(main.args[0])).astype(np.float32)

    ours = evaluate(main, [x], model.weights)
    theirs = runtime(path.read_bytes(), [x], fast=fast)

    for mine, expected in zip(ours, theirs, strict=True):
        assert mine.shape == expected.shape
        assert np.abs(mine - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("file", INTEGERS, ids=lambda file: Path(file).stem)
def test_every_tensor_of_an_integer_model_has_its_scale(shared, file):
    model = import_tflite(shared / "models" / file)
    main = main_function(model.module)
    for layer in main.body.block.ops:
        if isinstance(layer, nn.Conv2dOp | nn.FullyConnectedOp) and "lstm" not in file:
            weight = layer.weight.owner
            assert isinstance(weight, nn.WeightOp) and weight.scale is not None
    last = main.body.block.last_op
    assert last is not None
    assert all(isinstance(value.owner, nn.DequantiseOp) for value in last.operands)


def test_integer_weights_between_reals(shared, runtime, generator):
    """TFLite rounds what enters such a layer to eight bits, so it is farther off.

    Not if the file has the reals that its weights stand for.
    """
    path = shared / "models" / INTEGER_WEIGHTS
    model = import_tflite(path)
    main = main_function(model.module)
    x = generator.uniform(-1, 1, nn.shape(main.args[0])).astype(np.float32)
    (ours,) = evaluate(main, [x], model.weights)
    (rounded,) = runtime(path.read_bytes(), [x])
    (theirs,) = runtime(with_real_weights(path.read_bytes()), [x])
    assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max()
    assert np.abs(ours - rounded).max() <= 0.02


def with_real_weights(content: bytes) -> bytes:
    """A file with the reals of its int8 weights in their place."""
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    model = schema.ModelT.InitFromPackedBuf(content)
    for tensor in model.subgraphs[0].tensors:
        if tensor.type == schema.TensorType.INT8:
            buffer, scale = model.buffers[tensor.buffer], tensor.quantization.scale
            columns = [1] * len(tensor.shape)
            columns[tensor.quantization.quantizedDimension] = -1
            integers = np.array(buffer.data, np.uint8).view(np.int8)
            reals = integers.reshape(tensor.shape) * np.reshape(scale, columns)
            buffer.data = reals.astype(np.float32).view(np.uint8).reshape(-1)
            tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
