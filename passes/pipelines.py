"""The named pipelines: what runs, in which order, and why there."""

from typing import NamedTuple


class Stage(NamedTuple):
    """A pass, or another named pipeline, as written in a pipeline; and the reason."""

    text: str
    reason: str


IMPORT = (
    Stage("canonicalise", "exporters leave operators that do nothing"),
    Stage("fold-constants", "what a model computes from its weights is a weight"),
    Stage("layout", "the rest sees NHWC feature maps, and no transpose between them"),
    Stage("recognise-functions", "a function is one table, however it is spelled"),
    Stage("recognise-layer-norm", "a small variance, in eight bits, would be none"),
    Stage("recognise-rms-norm", "so would a small mean of squares"),
    Stage("recognise-lp-norm", "and so would a small length"),
    Stage("join-pads", "tensors side by side need not have one scale"),
    Stage("hoist-slices", "nor do those that are joined and split again"),
    Stage("decompose-batch-norm", "a normalisation is a scale and an offset"),
    Stage("decompose-prelu", "the machine has clamps, scales and sums"),
    Stage("fold-normalisation", "the first convolution can scale its input"),
    Stage("fold-affine", "which the convolution before it can do in its weights"),
    Stage("fold-padding", "a convolution pads for nothing"),
    Stage("decompose-reductions", "a mean or a maximum over whole axes is a pool"),
    Stage("fuse-activation", "now that nothing stands between it and its producer"),
    Stage("convolve-scales", "so each channel is quantised by itself"),
    Stage("decompose-conv-transpose", "the array convolves; what follows is fused"),
    Stage("decompose-resize", "rows that repeat are moved, others are sums of rows"),
    Stage("transpose-matmul", "the array reads weights row by row"),
    Stage("canonicalise", "drops what the others left"),
)

PREPARE = (
    Stage("split-wide-weights", "unsigned weights of a model can need nine bits"),
    Stage("adopt-scales", "what a model has quantised stays as it is"),
    Stage("split-concats", "the parts of a concat may need scales of their own"),
    Stage("split-transposes", "the machine permutes three dimensions at once"),
    Stage("place-quiet-rows", "what is normalised may be too small for eight bits"),
    Stage("place-operators", "only what the machine runs becomes integers"),
    Stage("scale-features", "small features need as many integers as large ones"),
    Stage("centre-channels", "eight bits have no room for what is always there"),
    Stage("scale-channels", "small channels and parts of concats need them, too"),
    Stage("calibrate", "other scales follow from the values that tensors take"),
    Stage("choose-ranges", "which values matter shows in the outputs alone"),
    Stage("narrow-ranges", "no integers for what a sigmoid cannot tell apart"),
    Stage("judge-scales", "what a shared scale leaves next to nothing of is told"),
    Stage("name-reals", "integers are to say which reals they stand for"),
)

INTEGERS = (
    Stage("correct-biases", "rounded weights must not shift the means of channels"),
    Stage("quantise-operators", "the machine computes on int8"),
    Stage("guard-quotients", "what is small must not be 0 where it divides"),
    Stage("outline-segments", "a binary holds what runs between two crossings"),
    Stage("name-operators", "every layer of the reports needs a name of its own"),
)

QUANTISE = (
    Stage("prepare", "still in reals: who runs what, and how far tensors reach"),
    Stage("integers", "needs no samples: ranges are scales"),
)

SCHEDULE = (
    Stage("group-operators", "work is launched in groups; so far each layer is one"),
    Stage("assign-schedules", "a strategy decides, now that it sees all groups"),
)

LOWER = (Stage("lower-to-aipu", "loops, addresses and tokens follow from schedules"),)

PIPELINES: dict[str, tuple[Stage, ...]] = {
    "import": IMPORT,
    "prepare": PREPARE,
    "integers": INTEGERS,
    "quantise": QUANTISE,
    "schedule": SCHEDULE,
    "lower": LOWER,
    "default": (
        Stage("import", "a float network, clean"),
        Stage("quantise", "what the machine runs, in integers; the rest in reals"),
        Stage("schedule", "what runs when, on which bytes"),
        Stage("lower", "instructions"),
    ),
}
