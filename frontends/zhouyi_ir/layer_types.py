"""What the IR calls the operators of `nn`: a `layer_type`, and a `method` if any."""

from collections.abc import Mapping

from ...dialects import nn

LAYER_TYPES: Mapping[type[nn.Operator], tuple[str, str]] = {
    nn.AddOp: ("Eltwise", "ADD"),
    nn.AvgPool2dOp: ("Pooling", "AVG"),
    nn.BatchNormOp: ("BatchNorm", ""),
    nn.ClampOp: ("Activation", "CLIP"),
    nn.ConcatOp: ("Concat", ""),
    nn.DequantiseOp: ("DeQuantize", ""),
    nn.FullyConnectedOp: ("FullyConnected", ""),
    nn.HardSigmoidOp: ("Activation", "HARDSIGMOID"),
    nn.HardSwishOp: ("Activation", "HARDSWISH"),
    nn.LeakyReluOp: ("Activation", "LEAKYRELU"),
    nn.LrnOp: ("LRN", ""),
    nn.MatMulOp: ("MatMul", ""),
    nn.MaxPool2dOp: ("Pooling", "MAX"),
    nn.MaximumOp: ("Eltwise", "MAX"),
    nn.MinimumOp: ("Eltwise", "MIN"),
    nn.MulOp: ("Eltwise", "MUL"),
    nn.PadOp: ("Pad", ""),
    nn.QuantiseOp: ("Quantize", ""),
    nn.ReduceMaxOp: ("Reduce", "MAX"),
    nn.ReduceMeanOp: ("Reduce", "MEAN"),
    nn.ReduceSumOp: ("Reduce", "SUM"),
    nn.ReshapeOp: ("Reshape", ""),
    nn.SigmoidOp: ("Activation", "SIGMOID"),
    nn.SliceOp: ("Slice", ""),
    nn.SoftmaxOp: ("Softmax", ""),
    nn.SubOp: ("Eltwise", "SUB"),
    nn.TanhOp: ("Activation", "TANH"),
    nn.TransposeOp: ("Transpose", ""),
}


def layer_type(op: nn.Operator) -> str:
    """`Convolution`, `DepthwiseConv`, `Eltwise` and so on."""
    if isinstance(op, nn.Conv2dOp):
        channels = nn.shape(op.ifm)[-1]
        depthwise = op.groups.value.data == channels > 1
        return "DepthwiseConv" if depthwise else "Convolution"
    if type(op) in LAYER_TYPES:
        return LAYER_TYPES[type(op)][0]
    return op.name.removeprefix("nn.").title().replace("_", "")
