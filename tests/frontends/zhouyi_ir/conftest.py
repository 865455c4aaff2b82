"""A tiny network as an IR: text and constants, float and quantised, made here."""

from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.zhouyi_ir.constants import ConstantWriter

FLOAT = """\
model_name=pair
model_domain=image_classification
layer_number=5
precision=float32
compat_quantized_model=false
model_bin=./pair.bin
input_tensors=[image]
output_tensors=[scores]

layer_id=0
layer_name=image
layer_type=Input
layer_bottom=[]
layer_bottom_shape=[]
layer_bottom_type=[]
layer_top=[image]
layer_top_shape=[[1,5,5,2]]
layer_top_type=[float32]

layer_id=1
layer_name=conv
layer_type=Convolution
layer_bottom=[image]
layer_bottom_shape=[[1,5,5,2]]
layer_bottom_type=[float32]
layer_top=[features]
layer_top_shape=[[1,3,3,4]]
layer_top_type=[float32]
{biases}
{weights}
dilation_x=1
dilation_y=1
group=1
kernel_x=3
kernel_y=3
num_output=4
pad_bottom=1
pad_left=1
pad_right=1
pad_top=1
stride_x=2
stride_y=2
with_activation=RELU

layer_id=2
layer_name=pool
layer_type=Pooling
layer_bottom=[features]
layer_bottom_shape=[[1,3,3,4]]
layer_bottom_type=[float32]
layer_top=[pooled]
layer_top_shape=[[1,2,2,4]]
layer_top_type=[float32]
ceil_mode=true
count_include_pad=false
kernel_x=2
kernel_y=2
method=AVG
pad_bottom=0
pad_left=0
pad_right=0
pad_top=0
stride_x=2
stride_y=2

layer_id=3
layer_name=flat
layer_type=Reshape
layer_bottom=[pooled]
layer_bottom_shape=[[1,2,2,4]]
layer_bottom_type=[float32]
layer_top=[row]
layer_top_shape=[[1,16]]
layer_top_type=[float32]
shape=[1,16]

layer_id=4
layer_name=dense
layer_type=FullyConnected
layer_bottom=[row]
layer_bottom_shape=[[1,16]]
layer_bottom_type=[float32]
layer_top=[scores]
layer_top_shape=[[1,3]]
layer_top_type=[float32]
{dense_biases}
{dense_weights}
num_output=3
with_activation=NONE
"""

CONSTANTS = {
    "biases": (4,),
    "weights": (4, 3, 3, 2),
    "dense_biases": (3,),
    "dense_weights": (3, 16),
}


@pytest.fixture
def constants() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    return {
        name: random.standard_normal(shape).astype(np.float32)
        for name, shape in CONSTANTS.items()
    }


@pytest.fixture
def pair(tmp_path: Path, constants: dict[str, np.ndarray]) -> Path:
    """A float network of five layers."""
    file = ConstantWriter()
    quads = {
        name: "\n".join(
            f"{key}={value}"
            for key, value in file.add(name.removeprefix("dense_"), array).items()
        )
        for name, array in constants.items()
    }
    path = tmp_path / "pair.txt"
    path.write_text(FLOAT.format(**quads))
    path.with_suffix(".bin").write_bytes(file.data())
    return path
