"""Activations that a node names in an attribute, as recurrent and fused nodes do."""

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import NamedTuple

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter
from ..vocabulary.recurrent_cells import Activation

Unary = Callable[[SSAValue], nn.Operator]


class Named(NamedTuple):
    """An activation of two parameters, of which the first `len(defaults)` are read."""

    defaults: tuple[float, ...]
    apply: Callable[[Emitter, SSAValue, float, float], SSAValue]


def plain(operator: Unary) -> Named:
    """Without parameters."""
    return Named((), lambda node, x, alpha, beta: node.emit(operator(x)))


def with_alpha(
    operator: Callable[[SSAValue, float], nn.Operator], default: float
) -> Named:
    return Named((default,), lambda node, x, alpha, beta: node.emit(operator(x, alpha)))


def affine(node: Emitter, x: SSAValue, alpha: float, beta: float) -> SSAValue:
    """`alpha * x + beta`."""
    offset = node.weight(f"{node.name}/beta", np.array(beta))
    return node.emit(nn.AddOp(node.scaled(x, "alpha", alpha), offset))


def scaled_tanh(node: Emitter, x: SSAValue, alpha: float, beta: float) -> SSAValue:
    """`alpha * tanh(beta * x)`."""
    inner = node.emit(nn.TanhOp(node.scaled(x, "beta", beta)))
    return node.scaled(inner, "alpha", alpha)


ACTIVATIONS: Mapping[str, Named] = {
    "affine": Named((1.0, 0.0), affine),
    "clip": Named(
        (-inf, inf), lambda node, x, low, high: node.emit(nn.ClampOp(x, low, high))
    ),
    "elu": with_alpha(nn.EluOp, 1.0),
    "hardsigmoid": Named(
        (0.2, 0.5),
        lambda node, x, alpha, beta: node.emit(nn.HardSigmoidOp(x, alpha, beta)),
    ),
    "leakyrelu": with_alpha(nn.LeakyReluOp, 0.01),
    "relu": plain(lambda x: nn.ClampOp(x, 0.0, inf)),
    "scaledtanh": Named((1.0, 1.0), scaled_tanh),
    "sigmoid": plain(nn.SigmoidOp),
    "softplus": plain(nn.SoftplusOp),
    "softsign": plain(nn.SoftsignOp),
    "tanh": plain(nn.TanhOp),
    "thresholdedrelu": with_alpha(nn.ThresholdedReluOp, 1.0),
}
"""By their names in small letters; the parameters by default are those of ONNX."""


def activation(name: str, *parameters: float | None) -> Activation:
    """An activation; parameters that are None or missing are those by default.

    Raises:
        KeyError: there is none of that name.
    """
    found = ACTIVATIONS[name.lower()]
    alpha, beta = (
        default if given is None else given
        for given, default in zip(
            (*parameters, None, None), (*found.defaults, 0.0, 0.0)[:2], strict=False
        )
    )
    return lambda node, x: found.apply(node, x, alpha, beta)


def activations(
    names: Sequence[str], alphas: Sequence[float], betas: Sequence[float]
) -> list[Activation]:
    """Activations in a row, each with the next parameters of those that are left.

    Raises:
        KeyError: there is none of that name.
    """
    row: list[Activation] = []
    rest = (iter(alphas), iter(betas))
    for name in names:
        own = zip(ACTIVATIONS[name.lower()].defaults, rest, strict=False)
        row.append(activation(name, *(next(values, None) for _, values in own)))
    return row
