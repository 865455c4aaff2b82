"""A real network from training to the machine: handwritten digits, 8 x 8 pixels.

    pip install scikit-learn
    python examples/digits.py

A classifier is trained on half of scikit-learn's digits, written as an ONNX model of
two convolutions of whole images, built with some of the training images, and scored on
the other half: in float, and bit for bit as the machine computes.
"""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import aipu

HIDDEN = 64


def trained(images: np.ndarray, labels: np.ndarray) -> MLPClassifier:
    """A network of one hidden layer: 64 pixels, 64 features, 10 classes."""
    network = MLPClassifier((HIDDEN,), max_iter=300, random_state=0)
    return network.fit(images.reshape(len(images), -1), labels)


def as_onnx(network: MLPClassifier) -> ModelProto:
    """The same network as convolutions, the first over the whole image."""
    first, second = network.coefs_
    weights = {
        "hidden.weight": first.T.reshape(HIDDEN, 1, 8, 8),
        "hidden.bias": network.intercepts_[0],
        "classes.weight": second.T.reshape(10, HIDDEN, 1, 1),
        "classes.bias": network.intercepts_[1],
    }
    nodes = [
        helper.make_node(
            "Conv", ["image", "hidden.weight", "hidden.bias"], ["h"], "hidden"
        ),
        helper.make_node("Relu", ["h"], ["relu"], "relu"),
        helper.make_node(
            "Conv", ["relu", "classes.weight", "classes.bias"], ["map"], "classes"
        ),
        helper.make_node("Flatten", ["map"], ["scores"], "flat"),
    ]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 10])],
        [
            numpy_helper.from_array(array.astype(np.float32), name)
            for name, array in weights.items()
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def main() -> None:
    pixels, classes = map(np.asarray, load_digits(return_X_y=True))
    images = (pixels.reshape(-1, 1, 8, 8) / 16).astype(np.float32)
    seen, unseen, labels, answers = map(
        np.asarray, train_test_split(images, classes, test_size=0.5, random_state=0)
    )
    package = aipu.compile(as_onnx(trained(seen, labels)), calibration=seen[:100])
    for level in ("float", "quantised"):
        scores = package.reference({"image": unseen}, level)["scores"]
        right = (scores.argmax(1) == answers).mean()
        print(f"{level:10} {right:.2%} of {len(unseen)} digits")
    frame = package.run({"image": unseen[:1]})
    print(f"the machine says {frame.outputs['scores'].argmax()}, it is {answers[0]}")
    print(f"{package.report['machine_ms']:.3f} ms on the machine alone")


if __name__ == "__main__":
    main()
