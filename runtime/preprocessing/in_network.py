"""The scaling of images as the first operators of a network, which then takes pixels.

The pipeline `import` folds them into the first convolution, as far as that can take
them in: `passes/importing/fold_normalisation.py`.
"""

import numpy as np
from msgspec.structs import replace
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.ir import BlockArgument

from ...dialects import nn
from ...dialects.locations import named
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ...frontends.preprocessing import Image
from ...passes.authoring.functions import input_name, main_function


def put_in_front(
    module: ModuleOp, weights: WeightStore, name: str, image: Image
) -> Image:
    """Let the network scale its input `name`; return what is left to prepare.

    Args:
        module: a float network, which is changed.
        weights: its weights, to which the factors and the offsets are added.
        name: of the input.
        image: how images are scaled.

    Raises:
        AipuError: the network takes integers there.
    """
    main = main_function(module)
    (argument,) = (each for each in main.args if input_name(each) == name)
    if nn.element_type(argument) != f32:
        raise AipuError("it takes no reals to scale", place=f"input '{name}'")
    block = argument.owner
    first = main.body.block.first_op
    assert first is not None and block is main.body.block
    scale = np.array(image.scale, np.float64)
    factors = _constant(weights, f"{name}/factor", scale, argument, image.layout)
    offsets = _constant(
        weights, f"{name}/offset", -np.array(image.mean) * scale, argument, image.layout
    )
    scaled = nn.MulOp(argument, factors.value)
    shifted = nn.AddOp(scaled.ofm, offsets.value)
    for op in (factors, offsets, scaled, shifted):
        op.location = named(name)
    argument.replace_uses_with_if(shifted.ofm, lambda use: use.operation is not scaled)
    block.insert_ops_before([factors, offsets, scaled, shifted], first)
    return replace(image, mean=(0.0,), scale=(1.0,))


def _constant(
    weights: WeightStore,
    key: str,
    numbers: np.ndarray,
    argument: BlockArgument,
    layout: str,
) -> nn.WeightOp:
    """A number for each channel, as a weight that broadcasts to the input."""
    axis = layout.index("C")
    channels = nn.shape(argument)[axis]
    array = np.broadcast_to(numbers, channels).astype(np.float32)
    shaped = array.reshape(channels, *[1] * (len(layout) - 1 - axis))
    return nn.WeightOp(weights.add(key, shaped), TensorType(f32, shaped.shape))
