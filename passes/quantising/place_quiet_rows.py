"""Keep a product on the host whose rows a normalisation behind it makes alike in size.

%1 = nn.fully_connected %x, %w, %b            %1 = nn.fully_connected %x, %w, %b
%2 = nn.layer_norm %1, %gain, %offset  ==>           {place = "host", reason = ...}
                                              %2 = nn.layer_norm %1, %gain, %offset

In integers all rows have one scale. Where one reaches to 300 and another to 0.1, all of
this one is 0, but a normalisation makes as much of it as of the other. The product of
an input, which the host has in reals, can run there with it. Samples say whether rows
are so unlike. Comes before `place-operators`, which leaves such a place as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, SSAValue

from ...dialects import nn
from ..authoring.context import weights_of
from ..authoring.functions import main_function
from ..authoring.operators import operators
from ..authoring.pinned import pinned
from ..authoring.places import run_on_host
from ..authoring.promises import EXACT, AipuPass
from .arithmetic.arithmetic import arithmetic
from .arithmetic.scales import LEVELS
from .calibration.given_samples import given_samples, some_batches
from .calibration.network_input import network_inputs
from .calibration.observation import observe

LARGEST_NOISE = 0.01
"""Of the power of what is normalised: 20 dB."""

MOST_BATCHES = 8
REASON = "a normalisation follows, and eight bits would lose its quiet rows"

Norm = nn.LayerNormOp | nn.RmsNormOp | nn.LpNormOp


@dataclass(frozen=True)
class PlaceQuietRowsPass(AipuPass):
    """Products of unlike rows run where these are normalised.

    data: an `.npy` or `.npz` of samples, in place of those of the context; without
        either nothing is done.
    arithmetic: as in `quantise-operators`; Arm-China's leaves products as they are.
    """

    name = "place-quiet-rows"
    semantics = EXACT

    data: str = ""
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        function = main_function(op)
        block = function.body.block
        found = {
            each: product
            for each in operators(block)
            if isinstance(each, Norm) and (product := product_before(each, block))
        }
        if not found:
            return
        noises = self.noises(ctx, function, {norm.ifm: norm for norm in found})
        for norm, product in found.items():
            if noises.get(norm.ifm, 0.0) > LARGEST_NOISE:
                run_on_host(product, REASON)

    def noises(
        self, ctx: Context, function: FuncOp, norms: Mapping[SSAValue, Norm]
    ) -> Mapping[SSAValue, float]:
        """What rounding would do to each normalised tensor; nothing without samples."""
        inputs = network_inputs(function)
        samples = given_samples(ctx, inputs, self.data)
        if samples is None:
            return {}
        runs = some_batches(samples, inputs, MOST_BATCHES)
        seen: dict[SSAValue, list[np.ndarray]] = {value: [] for value in norms}

        def see(value: SSAValue, values: np.ndarray) -> None:
            if value in seen:
                seen[value].append(rows(norms[value], values))

        observe(function, weights_of(ctx), runs, see)
        return {
            value: noise(norms[value], np.concatenate(found))
            for value, found in seen.items()
        }


def product_before(norm: Norm, block: Block) -> nn.WeightedSums | None:
    """The product of an input that is normalised, if nobody else reads it."""
    maker = norm.ifm.owner
    while isinstance(maker, nn.Moves) and maker.ofm.has_one_use():
        maker = maker.ifm.owner
    if not isinstance(maker, nn.WeightedSums) or not maker.ofm.has_one_use():
        return None
    source = maker.ifm
    while isinstance(source.owner, nn.Moves):
        source = source.owner.ifm
    is_real = source.owner is block and pinned(source) is None
    return maker if is_real and pinned(maker.ofm) is None else None


def rows(norm: Norm, values: np.ndarray) -> np.ndarray:
    """What is normalised together, [rows, elements]."""
    if isinstance(norm, nn.LpNormOp):
        values = np.moveaxis(values, norm.axis.value.data, -1)
        return values.reshape(-1, values.shape[-1])
    return values.reshape(-1, int(np.prod(nn.shape(norm.gain))))


def noise(norm: Norm, values: np.ndarray) -> float:
    """The mean power of rounding errors in rows, each of the power of its row.

    Rounding to steps of `step` has the power `step ** 2 / 12`. Rows of zeros are exact.
    """
    step = (max(values.max(), 0) - min(values.min(), 0)) / LEVELS
    centred = isinstance(norm, nn.LayerNormOp)
    powers = values.var(axis=1) if centred else (values**2).mean(axis=1)
    if not isinstance(norm, nn.LpNormOp):
        powers = powers + norm.epsilon.value.data
    some = values.any(axis=1)
    return float(np.mean(step**2 / 12 / powers[some])) if some.any() else 0.0
