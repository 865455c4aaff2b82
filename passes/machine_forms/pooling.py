"""Windows that are reduced, channel by channel."""

from typing import ClassVar, TypeVar

import numpy as np

from ...backend_aipu.shared_fields import RECORD
from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn import shape
from ...dialects.quant import uniform
from ...dialects.semantics.integer.narrowing import multipliers
from ...dialects.semantics.real.windows import counts
from ...dialects.semantics.weights import WeightStore
from ..authoring.pinned import pinned
from .form import MachineForm, machine_form
from .movement import on_integers_of_ofm
from .numbers import Numbers, clamped, record_bytes, type_of
from .site import Site
from .stage import Kind, Stage, Window, as_map, as_pair, as_sides

Pool = TypeVar("Pool", nn.MaxPool2dOp, nn.AvgPool2dOp, contravariant=True)


class PoolForm(MachineForm[Pool]):
    """What both share; `mnemonic` is their instruction."""

    mnemonic: ClassVar[str]

    def stage(self, op: Pool) -> Stage:
        return Stage(
            source_name(op),
            op.name,
            self.mnemonic,
            Kind.POOL,
            as_map(shape(op.ifm)),
            as_map(shape(op.ofm)),
            window=Window(
                as_pair(op.kernel.get_values()),
                as_pair(op.stride.get_values()),
                pad=as_sides(op.pad.get_values()),
            ),
            parameter_bytes=self.parameter_bytes(op),
        )

    def parameter_bytes(self, op: Pool) -> int:
        """Of its records."""
        return 0


@machine_form(nn.MaxPool2dOp)
class MaxPoolForm(PoolForm[nn.MaxPool2dOp]):
    """Padding holds the least integer, which never wins."""

    mnemonic = "vector.max_pool"

    def quantised(self, op: nn.MaxPool2dOp, site: Site) -> nn.Operator:
        return on_integers_of_ofm(op, site)

    def numbers(self, op: nn.MaxPool2dOp, weights: WeightStore) -> Numbers:
        least, _ = type_of(op.ifm).limits
        return Numbers(fill=least)


@machine_form(nn.AvgPool2dOp)
class AvgPoolForm(PoolForm[nn.AvgPool2dOp]):
    """A multiplier for each number of elements that a window may hold."""

    mnemonic = "vector.avg_pool"

    def quantised(self, op: nn.AvgPool2dOp, site: Site) -> nn.Operator:
        kernel, stride = op.kernel.get_values(), op.stride.get_values()
        pad, window = op.pad.get_values(), kernel[0] * kernel[1]
        inside = counts(np.empty(shape(op.ifm)), kernel, stride, pad)
        occurring = [window] if op.counting_pad else np.unique(inside).tolist()
        ifm, ofm, rules = uniform(site.inputs[0]), site.element, site.rules
        around = None
        if pinned(op.ofm) is None or rules.pinned_mean_rescale is None:
            factors = rules.mean_rescale(ifm.scale / ofm.scale, window, occurring)
        else:
            if op.around is not None and ifm == ofm and not op.counting_pad:
                around = op.around.value.data
            factors = rules.pinned_mean_rescale(ifm, ofm, window, occurring, around)
        return nn.AvgPool2dOp(
            site.inputs[0],
            kernel,
            stride,
            pad,
            counting_pad=op.counting_pad is not None,
            around=around,
            rescale=factors,
            element=site.element,
        )

    def parameter_bytes(self, op: nn.AvgPool2dOp) -> int:
        return RECORD * (len(op.rescale.data.multipliers) if op.rescale else 1)

    def numbers(self, op: nn.AvgPool2dOp, weights: WeightStore) -> Numbers:
        factors, shift = multipliers(op, op.rescale)
        return Numbers(
            {"zero_points": op.zero_points, **clamped(op.ofm)},
            parameters=record_bytes(
                np.zeros(len(factors)), np.array(factors), np.full(len(factors), shift)
            ),
            fill=op.zero_points[0],
        )
