"""Make the channels of feature maps less unlike in size, and scale weights back.

    %1 = nn.conv2d %0, %w1, %b1 then relu        %1 = nn.conv2d %0, %w1', %b1' then relu
    %2 = nn.conv2d %1, %w2, %b2           ==>    %2 = nn.conv2d %1, %w2', %b2

    w1'[m] = w1[m] * scale[m]    b1' = b1 * scale    w2'[..., c] = w2[..., c] / scale[c]

In integers all channels of a tensor have one scale, and so have all parts of a concat.
Where one channel reaches to 200 and others to 2, little is left of these, though their
weights may be a hundred times larger. A scale of sqrt(weight / reach) makes channel and
weight alike: M. Nagel et al., "Data-Free Quantization through Weight Equalization and
Bias Correction", 2019. Scales are powers of two, so that nothing is rounded. Gain and
offset of a normalisation are scaled as weights are; a part of a concat that is made by
neither is multiplied by one number.

Needs `place-operators` before, comes before `calibrate`. Tensors that others than
products read, but for what pools, moves and joins, stay as they are; and so do those
where it would gain little.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.context import weights_of
from ..authoring.functions import main_function
from ..authoring.new_weight import new_weight
from ..authoring.operators import is_weight
from ..authoring.places import PLACE, REASON
from ..authoring.promises import EXACT, AipuPass
from .arithmetic.arithmetic import arithmetic
from .calibration.given_samples import given_samples, some_batches
from .calibration.network_input import network_inputs
from .calibration.observation import observe
from .channel_graph import Component, channels_of, components, is_homogeneous

MOST_BATCHES = 8
"""So many are enough to see how large channels are."""

GAIN = 4.0
"""By how much the power of rounding errors must fall, for it to matter."""

Norm = nn.LayerNormOp | nn.RmsNormOp

Reaches = Mapping[SSAValue, NDArray[np.float64]]
"""How far from 0 each channel of a tensor reaches."""


@dataclass(frozen=True)
class ScaleChannelsPass(AipuPass):
    """The channels of feature maps are less unlike in size.

    data: an `.npy` or `.npz` of samples, in place of those of the context; without
        either nothing is done.
    arithmetic: as in `quantise-operators`; Arm-China's leaves channels as they are.
    """

    name = "scale-channels"
    semantics = EXACT

    data: str = ""
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        function, store = main_function(op), weights_of(ctx)
        found = [each for each in components(function.body.block) if worth_a_look(each)]
        if not found:
            return
        reaches = self.reaches(ctx, function, found)
        for component in found if reaches else ():
            scale_component(component, reaches, store)

    def reaches(
        self, ctx: Context, function: FuncOp, found: list[Component]
    ) -> Reaches:
        """What samples say of the sources; nothing if there are none."""
        inputs = network_inputs(function)
        samples = given_samples(ctx, inputs, self.data)
        if samples is None:
            return {}
        runs = some_batches(samples, inputs, MOST_BATCHES)
        reach = {
            source: np.zeros(channels_of(source))
            for component in found
            for source in component.sources
        }

        def see(value: SSAValue, values: np.ndarray) -> None:
            if value in reach:
                largest = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
                reach[value] = np.maximum(reach[value], largest)

        observe(function, weights_of(ctx), runs, see)
        return reach


def worth_a_look(component: Component) -> bool:
    """Whether factors have somewhere to go: products, or parts of concats."""
    several = len(component.sources) > 1
    return all(
        is_free(source) or (several and isinstance(source.owner, nn.Operator))
        for source in component.sources
    )


def is_free(source: SSAValue) -> bool:
    """Whether a tensor is made with constants a channel, which are free to change."""
    maker = source.owner
    if isinstance(maker, nn.WeightedSums):
        constants, free = maker.operands[1:3], is_homogeneous(maker.activation)
    elif isinstance(maker, Norm):
        constants, free = maker.operands[1:], len(nn.shape(maker.gain)) == 1
    else:
        return False
    return free and all(is_weight(each) and not has_scale(each) for each in constants)


def scale_component(component: Component, reaches: Reaches, store: WeightStore) -> None:
    """Scale the sources of a component, and its products back, if that gains enough."""
    columns = component.columns()
    if columns is None:
        return
    reach = np.concatenate([reaches[source] for source in component.sources])
    weight = np.zeros_like(reach)
    for product, numbers in columns.items():
        np.maximum.at(weight, numbers, column_sizes(store[key_of(product.weight)]))
    scale = scales(component, reach, weight)
    before = sum(error(reach[n], weight[n]) for n in columns.values())
    after = sum(
        error(reach[n] * scale[n], weight[n] / scale[n]) for n in columns.values()
    )
    if after * GAIN >= before:
        return
    for source in component.sources:
        start = component.first[source]
        scale_source(source, scale[start : start + channels_of(source)], store)
    for product, numbers in columns.items():
        key = key_of(product.weight)
        array = store[key] / scale[numbers]
        exchange(product, 1, f"{key}/unscaled", array, store)


def column_sizes(weight: np.ndarray) -> np.ndarray:
    """The largest magnitude that each column, the last axis, has."""
    return np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0).astype(np.float64)


def scales(
    component: Component, reach: np.ndarray, weight: np.ndarray
) -> NDArray[np.float64]:
    """What makes each channel as large as its weights; one for what is no product."""
    scale = np.ones_like(reach)
    alive = (reach > 0) & (weight > 0)
    exact = np.sqrt(np.divide(weight, reach, where=alive, out=np.ones_like(reach)))
    usual = np.median(exact[alive]) if alive.any() else 1.0
    for source in component.sources:
        start = component.first[source]
        part = slice(start, start + channels_of(source))
        if is_free(source):
            scale[part] = np.where(alive[part], exact[part], usual)
        elif alive[part].any():
            scale[part] = np.sqrt(weight[part].max() / reach[part].max())
        else:
            scale[part] = usual
    return np.exp2(np.round(np.log2(scale)))


def error(reach: np.ndarray, weight: np.ndarray) -> float:
    """The power of the errors of a sum of products, but for a factor.

    Channels are rounded in steps of the largest, and so are weights.
    """
    of_channels = reach.max() ** 2 * (weight**2).sum()
    return float(of_channels + weight.max() ** 2 * (reach**2).sum())


def scale_source(source: SSAValue, scale: np.ndarray, store: WeightStore) -> None:
    """Multiply what makes a tensor, or the tensor."""
    if (scale == 1).all():
        return
    maker = source.owner
    if not is_free(source):
        multiply(source, float(scale[0]), store)
        return
    assert isinstance(maker, nn.WeightedSums | Norm)
    count = 2 if isinstance(maker, nn.WeightedSums) else len(maker.operands) - 1
    for operand in range(1, count + 1):
        key = key_of(maker.operands[operand])
        rows = scale.reshape(-1, *[1] * (store[key].ndim - 1))
        exchange(maker, operand, f"{key}/scaled", store[key] * rows, store)


def multiply(source: SSAValue, factor: float, store: WeightStore) -> None:
    """Let the readers of a tensor read its multiple."""
    maker = source.owner
    assert isinstance(maker, nn.Operator)
    number = new_weight(store, f"{source_name(maker)}/factor", np.array(factor))
    product = nn.MulOp(source, number.value)
    source.replace_uses_with_if(product.ofm, lambda use: use.operation is not product)
    number.location = product.location = maker.location
    for name in (PLACE, REASON):
        if name in maker.attributes:
            product.attributes[name] = maker.attributes[name]
    Rewriter.insert_op([number, product], InsertPoint.after(maker))


def exchange(
    op: nn.Operator, operand: int, key: str, array: np.ndarray, store: WeightStore
) -> None:
    """Let a product read another weight."""
    weight = new_weight(store, key, array)
    weight.location = op.location
    Rewriter.insert_op(weight, InsertPoint.before(op))
    op.operands[operand] = weight.value
