"""Functions of one element, and the softmax: tables, multipliers and clamps."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from ...dialects import nn
from ...dialects.locations import place, source_name
from ...dialects.nn import shape
from ...dialects.quant import uniform
from ...dialects.semantics.evaluate import evaluate_operator
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ..authoring.constants import key_of
from ..authoring.operators import is_weight
from ..authoring.pinned import pinned
from .form import Becomes, MachineForm, machine_form
from .numbers import Numbers, clamped, type_of, zero_points
from .site import Site
from .stage import Kind, Stage
from .tables import ALL_INT8, exponential_table, table


class OneElementForm(Becomes[nn.Operator]):
    """A table of any function of one element."""

    def quantised(self, op: nn.Operator, site: Site) -> nn.Operator:
        constants, ifm = site.constants, site.inputs[0]

        def function(elements: np.ndarray) -> np.ndarray:
            arguments = [
                constants.array(value) if is_weight(value) else elements
                for value in op.operands
            ]
            return evaluate_operator(op, arguments)

        wanted = pinned_values(op, site)
        if wanted is None:
            wanted = table(function, uniform(ifm), site.element)
        return looked_up(op, site, wanted)


@machine_form(nn.ClampOp)
class ClampForm(Becomes[nn.ClampOp]):
    """A table, where no multiplier gives what the model's own runtime does."""

    def quantised(self, op: nn.ClampOp, site: Site) -> nn.Operator:
        exactly, ifm = site.rules.pinned_rescale, site.inputs[0]
        if pinned(op.ofm) is None or exactly is None:
            factor = site.rescale(site.input_scales[0])
            return nn.RequantiseOp(ifm, site.element, factor, op.bounds)
        factor = exactly(uniform(ifm), site.element)
        rescaled = nn.RequantiseOp(ifm, site.element, factor, op.bounds)
        wanted = pinned_values(op, site)
        if wanted is None or np.array_equal(all_results(rescaled), wanted):
            return rescaled
        return looked_up(op, site, wanted)


@machine_form(nn.RequantiseOp)
class RequantiseForm(MachineForm[nn.RequantiseOp]):
    """From integers of one type to those of another."""

    def stage(self, op: nn.RequantiseOp) -> Stage:
        return bytewise(op, "vector.requantise")

    def numbers(self, op: nn.RequantiseOp, weights: WeightStore) -> Numbers:
        (multiplier,), shift = op.rescale.data
        return Numbers(
            {
                "multiplier": multiplier,
                "shift": shift,
                "zero_points": zero_points(op.ifm, op.ofm),
                **clamped(op.ofm, op.activation),
            }
        )


@machine_form(nn.LookupOp)
class LookupForm(MachineForm[nn.LookupOp]):
    """Each byte is an index."""

    maps = 1

    def stage(self, op: nn.LookupOp) -> Stage:
        return bytewise(op, "vector.lookup", parameter_bytes=256)

    def numbers(self, op: nn.LookupOp, weights: WeightStore) -> Numbers:
        return Numbers(parameters=weights[key_of(op.table)])


@machine_form(nn.SoftmaxOp)
class SoftmaxForm(MachineForm[nn.SoftmaxOp]):
    """By the powers of e that the steps below the greatest ifm have."""

    maps = 1

    def why_not(self, op: nn.SoftmaxOp) -> str | None:
        """Along the last axis."""
        last = op.axis.value.data == len(shape(op.ifm)) - 1
        return None if last else "it runs along another axis than the last"

    def quantised(self, op: nn.SoftmaxOp, site: Site) -> nn.Operator:
        (ifm,) = site.inputs
        powers = exponential_table(uniform(ifm).scale)
        kept = site.constants.keep(f"{place(op)}/powers", powers)
        axis = op.axis.value.data
        return nn.SoftmaxOp(ifm, axis, table=kept, element=site.element)

    def stage(self, op: nn.SoftmaxOp) -> Stage:
        *leading, channels = shape(op.ifm)
        if op.axis.value.data != len(leading):
            raise AipuError("a softmax along another axis than the last")
        rows = (1, prod(leading), 1, channels)
        return Stage(
            source_name(op),
            op.name,
            "vector.softmax",
            Kind.ELEMENTWISE,
            rows,
            rows,
            parameter_bytes=512,
            by_row=True,
        )

    def numbers(self, op: nn.SoftmaxOp, weights: WeightStore) -> Numbers:
        if op.table is None:
            raise AipuError("a softmax on integers needs a table", place=place(op))
        element = type_of(op.ofm)
        return Numbers(
            {
                "levels": round(256 / element.scale),
                "zero_point": element.zero_point,
                **clamped(op.ofm),
            },
            parameters=weights[key_of(op.table)].astype("<i2").view(np.uint8),
        )


def bytewise(op: nn.Operator, mnemonic: str, parameter_bytes: int = 0) -> Stage:
    """The stage of what treats every byte alike."""
    flat = (1, prod(shape(op.ofm)), 1, 1)
    return Stage(
        source_name(op),
        op.name,
        mnemonic,
        Kind.ELEMENTWISE,
        flat,
        flat,
        parameter_bytes=parameter_bytes,
    )


def pinned_values(op: nn.Operator, site: Site) -> NDArray[np.int8] | None:
    """The table that the model's own runtime would have; None if that has none."""
    if pinned(op.ofm) is None or site.rules.pinned_table is None:
        return None
    return site.rules.pinned_table(op, uniform(site.inputs[0]), site.element)


def all_results(op: nn.RequantiseOp) -> NDArray[np.int8]:
    """What an operator makes of every int8."""
    return evaluate_operator(op, [ALL_INT8])


def looked_up(op: nn.Operator, site: Site, values: NDArray[np.int8]) -> nn.Operator:
    """A table in place of an operator."""
    kept = site.constants.keep(f"{place(op)}/table", values)
    return nn.LookupOp(site.inputs[0], kept, site.element)
