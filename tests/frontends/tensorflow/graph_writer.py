"""Writing small TensorFlow graphs, with TensorBoard's copy of the protos."""

from collections.abc import Sequence

import numpy as np
from tensorboard.util import tensor_util

from aipu.tests.frontends.tensorflow.protos import graph_pb2, types_pb2

KINDS = {
    np.dtype(np.float32): types_pb2.DT_FLOAT,
    np.dtype(np.int8): types_pb2.DT_INT8,
    np.dtype(np.uint8): types_pb2.DT_UINT8,
    np.dtype(np.int16): types_pb2.DT_INT16,
    np.dtype(np.uint16): types_pb2.DT_UINT16,
    np.dtype(np.int32): types_pb2.DT_INT32,
    np.dtype(np.int64): types_pb2.DT_INT64,
    np.dtype(bool): types_pb2.DT_BOOL,
}

Setting = bool | int | float | str | Sequence[int] | np.dtype


class GraphWriter:
    """A GraphDef under construction; every method returns the name of a node."""

    def __init__(self):
        self.proto = graph_pb2.GraphDef()

    def node(
        self, operator: str, name: str, *inputs: str, **attributes: Setting
    ) -> str:
        node = self.proto.node.add(name=name, op=operator, input=inputs)
        for key, value in attributes.items():
            attribute = node.attr[key]
            if isinstance(value, bool):
                attribute.b = value
            elif isinstance(value, int):
                attribute.i = value
            elif isinstance(value, float):
                attribute.f = value
            elif isinstance(value, str):
                attribute.s = value.encode()
            elif isinstance(value, np.dtype):
                attribute.type = KINDS[value]
            else:
                attribute.list.i.extend(value)
        return name

    def placeholder(
        self, name: str, shape: Sequence[int] | None, kind: type = np.float32
    ) -> str:
        self.node("Placeholder", name, dtype=np.dtype(kind))
        declared = self.proto.node[-1].attr["shape"].shape
        if shape is None:
            declared.unknown_rank = True
        for extent in shape or ():
            declared.dim.add(size=extent)
        return name

    def constant(self, name: str, value: object, *after: str) -> str:
        """A constant; in a loop, there after nodes `^name` of the same turn."""
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        if array.dtype == np.int64:
            array = array.astype(np.int32)
        self.node("Const", name, *after, dtype=array.dtype)
        proto = tensor_util.make_tensor_proto(array)
        self.proto.node[-1].attr["value"].tensor.CopyFrom(proto)
        return name


def audio_graph(writer: GraphWriter) -> None:
    """Features of a recording of 1000 samples, and what is positive of them."""
    writer.placeholder("wav", ())
    writer.proto.node[-1].attr["dtype"].type = 7
    writer.node("DecodeWav", "samples", "wav", desired_samples=1000, desired_channels=1)
    writer.node(
        "AudioSpectrogram",
        "powers",
        "samples",
        window_size=200,
        stride=100,
        magnitude_squared=True,
    )
    writer.node(
        "Mfcc",
        "Mfcc",
        "powers",
        "samples:1",
        dct_coefficient_count=5,
        filterbank_channel_count=20,
        lower_frequency_limit=20.0,
        upper_frequency_limit=4000.0,
    )
    writer.node("Relu", "y", "Mfcc")
