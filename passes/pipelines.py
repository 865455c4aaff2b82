"""The named pipelines: what runs, in which order, and why there."""

from typing import NamedTuple


class Line(NamedTuple):
    """A pass, or another named pipeline, as written in a pipeline; and the reason."""

    text: str
    reason: str


IMPORT = (
    Line("canonicalise", "exporters leave operators that do nothing"),
    Line("fold-constants", "what a model computes from its weights is a weight"),
    Line("layout", "the rest sees NHWC feature maps, and no transpose between them"),
    Line("recognise-functions", "a function is one table, however it is spelled"),
    Line("recognise-layer-norm", "a small variance, in eight bits, would be none"),
    Line("recognise-rms-norm", "so would a small mean of squares"),
    Line("recognise-lp-norm", "and so would a small length"),
    Line("join-pads", "tensors side by side need not have one scale"),
    Line("hoist-slices", "nor do those that are joined and split again"),
    Line("slice-inputs", "the steps of a sequence can pass to the machine as one"),
    Line("decompose-batch-norm", "a normalisation is a scale and an offset"),
    Line("fold-normalisation", "the first convolution can scale its input"),
    Line("fold-affine", "which the convolution before it can do in its weights"),
    Line("fold-padding", "a convolution pads for nothing"),
    Line("decompose-reductions", "a mean or a maximum over whole axes is a pool"),
    Line("fuse-activation", "now that nothing stands between it and its producer"),
    Line("convolve-scales", "so each channel is quantised by itself"),
    Line("decompose-conv-transpose", "the array convolves; what follows is fused"),
    Line("decompose-resize", "rows that repeat are moved, others are sums of rows"),
    Line("transpose-matmul", "the array reads weights row by row"),
    Line("canonicalise", "drops what the others left"),
)

PREPARE = (
    Line("split-wide-weights", "unsigned weights of a model can need nine bits"),
    Line("adopt-scales", "what a model has quantised stays as it is"),
    Line("split-concats", "the parts of a concat may need scales of their own"),
    Line("split-transposes", "the machine permutes three dimensions at once"),
    Line("place-quiet-rows", "what is normalised may be too small for eight bits"),
    Line("fuse-elementwise", "one table rounds once, and there is one for any tree"),
    Line("fuse-prelu", "a slope a channel costs nothing where sums are scaled"),
    Line("place-operators", "only what the machine runs becomes integers"),
    Line("scale-features", "small features need as many integers as large ones"),
    Line("centre-channels", "eight bits have no room for what is always there"),
    Line("scale-channels", "small channels and parts of concats need them, too"),
    Line("calibrate", "other scales follow from the values that tensors take"),
    Line("tie-steps", "of a recurrent layer, so that they have the same constants"),
    Line("choose-ranges", "which values matter shows in the outputs alone"),
    Line("narrow-ranges", "no integers for what a sigmoid cannot tell apart"),
    Line("judge-scales", "what a shared scale leaves next to nothing of is told"),
    Line("name-reals", "integers are to say which reals they stand for"),
)

INTEGERS = (
    Line("correct-biases", "rounded weights must not shift the means of channels"),
    Line("quantise-operators", "the machine computes on int8"),
    Line("guard-quotients", "what is small must not be 0 where it divides"),
    Line("share-constants", "what the steps of a layer share can stay on chip"),
    Line("outline-segments", "a binary holds what runs between two crossings"),
    Line("name-operators", "every layer of the reports needs a name of its own"),
)

QUANTISE = (
    Line("prepare", "still in reals: who runs what, and how far tensors reach"),
    Line("integers", "needs no samples: ranges are scales"),
)

SCHEDULE = (
    Line("sink-slices", "what runs beside its reader is an address, not a copy"),
    Line("group-operators", "work is launched in groups; so far each layer is one"),
    Line("assign-schedules", "a strategy decides, now that it sees all groups"),
)

LOWER = (Line("lower-to-aipu", "loops, addresses and tokens follow from schedules"),)

PIPELINES: dict[str, tuple[Line, ...]] = {
    "import": IMPORT,
    "prepare": PREPARE,
    "integers": INTEGERS,
    "quantise": QUANTISE,
    "schedule": SCHEDULE,
    "lower": LOWER,
    "default": (
        Line("import", "a float network, clean"),
        Line("quantise", "what the machine runs, in integers; the rest in reals"),
        Line("schedule", "what runs when, on which bytes"),
        Line("lower", "instructions"),
    ),
}
