"""The end of an object detector, against TFLite's own runtime."""

import numpy as np
import pytest
from flatbuffers import flexbuffers

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.tflite.importer import import_tflite
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

KIND = "TFLite_Detection_PostProcess"
ANCHORS, CLASSES = 60, 3
OPTIONS = {
    "max_detections": 8,
    "max_classes_per_detection": 1,
    "detections_per_class": 5,
    "num_classes": CLASSES,
    "nms_score_threshold": 0.3,
    "nms_iou_threshold": 0.4,
    "y_scale": 10.0,
    "x_scale": 10.0,
    "h_scale": 5.0,
    "w_scale": 5.0,
    "use_regular_nms": False,
}


def detector(background: int = 1, **changed: object) -> bytes:
    generator = np.random.default_rng(0)
    places = generator.uniform(0.2, 0.8, (ANCHORS, 2))
    sizes = generator.uniform(0.1, 0.4, (ANCHORS, 2))
    anchors = np.concatenate([places, sizes], axis=1).astype(np.float32)
    tensors = [
        Tensor("boxes", shape=(1, ANCHORS, 4)),
        Tensor("classes", shape=(1, ANCHORS, CLASSES + background)),
        Tensor("anchors", anchors),
        *(Tensor(f"y{number}") for number in range(4)),
    ]
    reads, writes = ["boxes", "classes", "anchors"], [f"y{n}" for n in range(4)]
    options = bytes(flexbuffers.Dumps(OPTIONS | changed))
    node = Operator(KIND, reads, writes, custom_options=options)
    return tflite_file(tensors, [node], reads[:2], writes)


@pytest.mark.parametrize("background", [0, 1])
@pytest.mark.parametrize("regular", [False, True])
@pytest.mark.parametrize("most", [3, 8, 50])
def test_detections(computed, runtime, generator, background, regular, most):
    content = detector(background, use_regular_nms=regular, max_detections=most)
    boxes = generator.standard_normal((1, ANCHORS, 4), np.float32)
    scores = generator.uniform(0, 1, (1, ANCHORS, CLASSES + background))
    feeds = [boxes, scores.astype(np.float32)]
    ours, theirs = computed(content, feeds), runtime(content, feeds)
    (found,) = theirs[3].astype(int)
    assert ours[3].tolist() == [found]
    for mine, expected in zip(ours[:3], theirs[:3], strict=True):
        assert mine.shape == expected.shape
        assert np.allclose(mine[:, :found], expected[:, :found], atol=1e-5)
    assert not any(mine[:, found:].any() for mine in ours[:3])


def test_options_that_are_missing_are_named(written):
    content = detector().replace(b"num_classes\x00", b"num_glasses\x00")
    with pytest.raises(AipuError, match="num_classes"):
        import_tflite(written(content))


def test_several_classes_for_one_box(written):
    with pytest.raises(UnsupportedError, match="several classes"):
        import_tflite(written(detector(max_classes_per_detection=2)))
