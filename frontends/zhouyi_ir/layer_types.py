"""What the IR calls the operators of `nn`: a `layer_type`, and a `method` if any."""

from collections.abc import Mapping

from ...dialects import nn

LAYER_TYPES: Mapping[type[nn.Operator], tuple[str, str]] = {
    nn.AbsOp: ("Abs", ""),
    nn.AddOp: ("Eltwise", "ADD"),
    nn.ArgMaxOp: ("ArgMinMax", "MAX"),
    nn.ArgMinOp: ("ArgMinMax", "MIN"),
    nn.AvgPool2dOp: ("Pooling", "AVG"),
    nn.BatchNormOp: ("BatchNorm", ""),
    nn.CeilOp: ("Ceil", ""),
    nn.CeluOp: ("Activation", "CELU"),
    nn.ClampOp: ("Activation", "CLIP"),
    nn.ConcatOp: ("Concat", ""),
    nn.ConvTranspose2dOp: ("ConvTranspose", ""),
    nn.CosOp: ("Cosine", ""),
    nn.DequantiseOp: ("DeQuantize", ""),
    nn.DivOp: ("Div", ""),
    nn.EluOp: ("Activation", "ELU"),
    nn.ErfOp: ("Erf", ""),
    nn.ExpOp: ("Exp", ""),
    nn.FloorOp: ("Floor", ""),
    nn.FullyConnectedOp: ("FullyConnected", ""),
    nn.GeluOp: ("Activation", "GELU"),
    nn.GeluTanhOp: ("Activation", "GELU"),
    nn.HardSigmoidOp: ("Activation", "HARDSIGMOID"),
    nn.HardSwishOp: ("Activation", "HARDSWISH"),
    nn.LayerNormOp: ("LayerNorm", ""),
    nn.LeakyReluOp: ("Activation", "LEAKYRELU"),
    nn.LogOp: ("Log", ""),
    nn.LookupOp: ("Activation", "UNKNOWN"),
    nn.LrnOp: ("LRN", "ACROSS_CHANNELS"),
    nn.MatMulOp: ("MatMul", ""),
    nn.MaxPool2dOp: ("Pooling", "MAX"),
    nn.MaximumOp: ("Eltwise", "MAX"),
    nn.MinimumOp: ("Eltwise", "MIN"),
    nn.MishOp: ("Activation", "MISH"),
    nn.MulOp: ("Eltwise", "MUL"),
    nn.NegOp: ("Negative", ""),
    nn.PReluOp: ("Activation", "PRELU"),
    nn.PadOp: ("Pad", ""),
    nn.PowOp: ("Pow", ""),
    nn.QuantiseOp: ("Quantize", ""),
    nn.ReciprocalOp: ("Reciprocal", ""),
    nn.ReduceMaxOp: ("Reduce", "MAX"),
    nn.ReduceMeanOp: ("Reduce", "MEAN"),
    nn.ReduceMinOp: ("Reduce", "MIN"),
    nn.ReduceProdOp: ("Reduce", "PROD"),
    nn.ReduceSumOp: ("Reduce", "SUM"),
    nn.RequantiseOp: ("Activation", "NONE"),
    nn.ReshapeOp: ("Reshape", ""),
    nn.ResizeOp: ("Resize", ""),
    nn.RoundOp: ("Round", ""),
    nn.RsqrtOp: ("Rsqrt", ""),
    nn.SeluOp: ("Activation", "SELU"),
    nn.ShrinkOp: ("Activation", "SHRINK"),
    nn.SigmoidOp: ("Activation", "SIGMOID"),
    nn.SignOp: ("Sign", ""),
    nn.SiluOp: ("Activation", "SILU"),
    nn.SinOp: ("Sine", ""),
    nn.SliceOp: ("Slice", ""),
    nn.SoftmaxOp: ("Softmax", ""),
    nn.SoftplusOp: ("Activation", "SOFTPLUS"),
    nn.SoftsignOp: ("Activation", "SOFTSIGN"),
    nn.SqrtOp: ("Sqrt", ""),
    nn.SquareOp: ("Square", ""),
    nn.SubOp: ("Eltwise", "SUB"),
    nn.TanhOp: ("Activation", "TANH"),
    nn.ThresholdedReluOp: ("Activation", "THRESHOLDEDRELU"),
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
