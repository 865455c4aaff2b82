"""Write a network of one convolution and a classifier, and images to calibrate it with.

    python examples/tiny_network.py

makes `tiny.onnx` and `images.npy` in the current folder. The weights are random, but
always the same; the pages of docs/ follow this network from one level to the next.
"""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper, save

SHAPE = (1, 3, 64, 64)
CLASSES = 10


def weights(generator: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "conv.weight": generator.normal(0, 0.3, (16, 3, 3, 3)),
        "norm.gain": generator.normal(1, 0.1, 16),
        "norm.offset": generator.normal(0, 0.1, 16),
        "norm.mean": generator.normal(0, 0.1, 16),
        "norm.variance": generator.uniform(0.5, 1.5, 16),
        "classifier.weight": generator.normal(0, 1, (CLASSES, 16)),
        "classifier.bias": generator.normal(0, 0.1, CLASSES),
    }


def tiny_network(generator: np.random.Generator) -> ModelProto:
    """The model: input "image" [1, 3, 64, 64], output "scores" [1, 10]."""
    statistics = ["norm.gain", "norm.offset", "norm.mean", "norm.variance"]
    classifier = ["flatten", "classifier.weight", "classifier.bias"]
    node = helper.make_node
    graph = helper.make_graph(
        [
            node("Conv", ["image", "conv.weight"], ["conv"], "conv", pads=[1] * 4),
            node("BatchNormalization", ["conv", *statistics], ["norm"], "norm"),
            node("Relu", ["norm"], ["relu"], "relu"),
            node("GlobalAveragePool", ["relu"], ["pool"], "pool"),
            node("Flatten", ["pool"], ["flatten"], "flatten"),
            node("Gemm", classifier, ["classifier"], "classifier", transB=1),
            node("Softmax", ["classifier"], ["scores"], "scores"),
        ],
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, (1, CLASSES))],
        [
            numpy_helper.from_array(array.astype(np.float32), name)
            for name, array in weights(generator).items()
        ],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def main() -> None:
    generator = np.random.Generator(np.random.PCG64(0))
    save(tiny_network(generator), "tiny.onnx")
    # Images that are all alike calibrate badly: each has a colour of its own.
    images = generator.standard_normal((32, *SHAPE[1:]))
    images += generator.standard_normal((32, SHAPE[1], 1, 1))
    np.save("images.npy", images.astype(np.float32))


if __name__ == "__main__":
    main()
