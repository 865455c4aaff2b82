"""What a graph grows by: operators on every element by itself."""

import numpy as np

from aipu.tests.fuzz.graphs.sketch import Setting, Sketch, TakenBackError

UNARY: tuple[str, ...] = (
    "Abs",
    "Ceil",
    "Cos",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "HardSwish",
    "Identity",
    "Log",
    "Mish",
    "Neg",
    "Reciprocal",
    "Relu",
    "Round",
    "Selu",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Cosh",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Tan",
    "Tanh",
)
BINARY = ("Add", "Sub", "Mul", "Div", "Max", "Min", "Pow")
COMPARISONS = ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")
NARROWED = ("Log", "Sqrt", "Reciprocal", "Exp", "Sinh", "Cosh", "Pow", "Div", "Tan")
"""What is given a tensor that was brought near 1 or 0 before, most of the time."""

STEPS = ("Ceil", "Floor", "Round", "Sign")
ASIDE = 0.37
"""What is added before a step: functions end in 0 or 1, and frameworks reach these
ends or not; onnxruntime's sigmoid of -20 is 0."""


def unary(sketch: Sketch, ifm: str) -> str:
    operator = sketch.one_of(*UNARY)
    if operator in STEPS:
        ifm = sketch.node("Add", ifm, sketch.constant(ASIDE))
    if operator in NARROWED:
        ifm = narrowed(sketch, ifm, positive=operator in ("Log", "Sqrt", "Reciprocal"))
    return sketch.node(operator, ifm)


def narrowed(sketch: Sketch, ifm: str, *, positive: bool) -> str:
    """A tensor between 0 and 1, or between -1 and 1; a little above 0 if positive."""
    if sketch.chance(0.2):
        return ifm
    if not positive:
        return sketch.node("Tanh", ifm)
    shown = sketch.node(sketch.one_of("Sigmoid", "Abs"), ifm)
    return sketch.node("Add", shown, sketch.constant(0.1))


def with_settings(sketch: Sketch, ifm: str) -> str:
    number = round(float(sketch.random.uniform(0.05, 1.5)), 3)
    settings: dict[str, dict[str, Setting]] = {
        "LeakyRelu": {"alpha": number},
        "Elu": {"alpha": number},
        "Celu": {"alpha": number},
        "ThresholdedRelu": {"alpha": number},
        "HardSigmoid": {"alpha": number / 3, "beta": 0.4},
        "Shrink": {"lambd": number, "bias": number / 2},
        "Gelu": {"approximate": "tanh"},
    }
    operator = sketch.one_of(*settings)
    return sketch.node(operator, ifm, **settings[operator])


def clip(sketch: Sketch, ifm: str) -> str:
    low, high = -float(sketch.integer(0, 2)), float(sketch.integer(1, 6))
    bounds = sketch.one_of((low, high), (low, None), (None, high))
    names = ["" if each is None else sketch.constant(each) for each in bounds]
    return sketch.node("Clip", ifm, *names)


def prelu(sketch: Sketch, ifm: str) -> str:
    return sketch.node("PRelu", ifm, sketch.weight(*broadcast(sketch, ifm)))


def broadcast(sketch: Sketch, ifm: str) -> tuple[int, ...]:
    """A shape that broadcasts to that of a tensor, perhaps of fewer dimensions."""
    shape = sketch.shape(ifm)
    kept = shape[sketch.integer(0, max(len(shape) - 1, 0)) :]
    return tuple(extent if sketch.chance(0.6) else 1 for extent in kept)


def with_constant(sketch: Sketch, ifm: str) -> str:
    operator = sketch.one_of(*BINARY)
    if operator in NARROWED:
        ifm = narrowed(sketch, ifm, positive=True)
    shape = () if sketch.chance(0.2) else broadcast(sketch, ifm)
    other = sketch.weight(*shape, positive=operator in NARROWED)
    operands = (ifm, other) if sketch.chance(0.6) else (other, ifm)
    return sketch.node(operator, *operands)


def with_another(sketch: Sketch, ifm: str) -> str:
    """With a tensor of the graph, the nearest in shape, or a new input."""
    operator = sketch.one_of(*BINARY, "Add", "Add", "Mul")
    other = partner(sketch, ifm)
    if operator in ("Div", "Pow"):
        other = narrowed(sketch, other, positive=True)
        ifm = narrowed(sketch, ifm, positive=True)
    return sketch.node(operator, *((ifm, other) if sketch.chance() else (other, ifm)))


def partner(sketch: Sketch, ifm: str) -> str:
    """Another tensor that broadcasts with one; itself where there is none."""
    shape = sketch.shape(ifm)
    found = [
        name
        for name in sketch.values
        if name != ifm and _goes(sketch.shape(name), shape)
    ]
    floats = [name for name in found if sketch.values[name][0].dtype == np.float32]
    if floats and sketch.chance(0.8):
        return sketch.one_of(*floats)
    if len(sketch.inputs) < 3 and sketch.chance(0.5):
        return sketch.input(broadcast(sketch, ifm) if sketch.chance(0.3) else shape)
    return ifm


def _goes(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    try:
        return len(np.broadcast_shapes(one, two)) == max(len(one), len(two))
    except ValueError:
        return False


def several(sketch: Sketch, ifm: str) -> str:
    others = [partner(sketch, ifm) for _ in range(sketch.integer(1, 3))]
    return sketch.node(sketch.one_of("Sum", "Max", "Min", "Mean"), ifm, *others)


def where(sketch: Sketch, ifm: str) -> str:
    """A choice by a comparison, with another tensor, a constant or both."""
    level = sketch.constant(round(float(sketch.random.normal()), 2) + 0.0037)
    condition = sketch.node(sketch.one_of(*COMPARISONS[1:]), ifm, level)
    other = (
        partner(sketch, ifm)
        if sketch.chance()
        else sketch.weight(*broadcast(sketch, ifm))
    )
    chosen = (ifm, other) if sketch.chance() else (other, ifm)
    return sketch.node("Where", condition, *chosen)


def compared(sketch: Sketch, ifm: str) -> str:
    """A comparison, as numbers."""
    other = partner(sketch, ifm)
    if other == ifm:
        raise TakenBackError("compared with itself")
    return sketch.node(
        "Cast", sketch.node(sketch.one_of(*COMPARISONS), ifm, other), to=1
    )


GROWTHS = (
    unary,
    unary,
    unary,
    with_settings,
    clip,
    prelu,
    with_constant,
    with_constant,
    with_another,
    with_another,
    several,
    where,
    compared,
)
