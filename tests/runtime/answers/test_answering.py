"""What outputs mean: labels, objects without those that a better one overlaps."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.runtime.answers.answering import answers
from aipu.runtime.answers.asked import asked, meaning
from aipu.runtime.answers.record import Boxes, Classes

LABELS = ("silence", "yes", "no")


@dataclass
class Output:
    shape: tuple[int, ...]


def test_the_best_class_comes_first_by_its_label() -> None:
    record = Classes(LABELS, output="y", top=2)
    (first, second), _ = answers(
        record, {"y": np.array([[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]])}
    )
    assert first == (2, "no", 0.7)
    assert second == (1, "yes", 0.2)


def test_logits_become_probabilities() -> None:
    record = Classes(output="y", softmax=True, top=3)
    ((first, *others),) = answers(record, {"y": np.log([[0.2, 0.7, 0.1]]) + 1000})
    assert first == (1, "1", pytest.approx(0.7))
    assert [each.score for each in others] == pytest.approx([0.2, 0.1])


BOXES = np.array(
    [
        [
            [0.1, 0.1, 0.5, 0.5],
            [0.1, 0.1, 0.5, 0.4],  # over the first, 3 of 4 parts of their union
            [0.6, 0.2, 0.8, 0.9],
            [0.0, 0.0, 0.1, 0.1],
        ]
    ]
)


def test_of_boxes_that_overlap_the_best_of_its_class_is_taken() -> None:
    scores = np.array([[[0.1, 0.9, 0], [0.2, 0.8, 0.7], [0.4, 0, 0.6], [1, 0, 0.0]]])
    outputs = {"b": BOXES, "s": scores}
    record = Boxes(LABELS, "b", "s", background=True)
    (found,) = answers(record, outputs)
    assert [each.label for each in found] == ["yes", "no", "no"]
    assert [each.score for each in found] == [0.9, 0.7, 0.6]
    assert found[2][3:] == (0.6, 0.2, 0.8, 0.9)
    (both,) = answers(Boxes(LABELS, "b", "s", background=True, overlap=0.8), outputs)
    assert [each.score for each in both] == [0.9, 0.8, 0.7, 0.6]
    ((only,),) = answers(Boxes(LABELS, "b", "s", background=True, least=0.85), outputs)
    assert only.score == 0.9
    (all_classes,) = answers(Boxes(LABELS, "b", "s"), outputs)
    assert all_classes[0].label == "silence"


def test_boxes_with_a_class_each_and_rows_first() -> None:
    record = Boxes(LABELS, "b", "s", "c", order="yxyx")
    outputs = {
        "b": BOXES[:, 2:],
        "s": np.array([[0.6, 0.9]]),
        "c": np.array([[2.0, 1.0]]),
    }
    ((first, second),) = answers(record, outputs)
    assert (first.label, second.label) == ("yes", "no")
    assert second[3:] == (0.2, 0.6, 0.9, 0.8)


@pytest.mark.parametrize("columns", [6, 7])
def test_rows_that_the_network_has_chosen(columns: int) -> None:
    rows = np.array(
        [
            [0, 1, 0.6, 0.1, 0.2, 0.3, 0.4],
            [0, 2, 0.8, 0.5, 0.5, 0.9, 0.9],
            [0, 0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ]
    )
    record = Boxes(LABELS, "rows")
    (found,) = answers(record, {"rows": rows[np.newaxis, :, 7 - columns :]})
    assert [each.label for each in found] == ["no", "yes"]
    assert found[1][3:] == (0.1, 0.2, 0.3, 0.4)


def test_shapes_tell_what_is_not_said(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("silence\nyes\nno\n")
    said = asked(tmp_path / "labels.txt", {})
    assert meaning(said, {"y": Output((1, 3))}) == Classes(LABELS, output="y")
    faces = {"s": Output((1, 9, 2)), "b": Output((1, 9, 4))}
    found = meaning(asked(("none", "face"), {"background": "true"}), faces)
    assert found == Boxes(("none", "face"), "b", "s", background=True)
    assert meaning(asked(None, {}), faces) is None


@pytest.mark.parametrize(
    ("labels", "said", "message"),
    [
        (["a", "b"], {}, "2 labels for the 3 classes of 'y'"),
        (None, {"kind": "clases"}, "did you mean 'classes'"),
        (None, {"sofmax": "true"}, "did you mean 'softmax'"),
        (None, {"top": "none"}, "top = none: expected int"),
        (None, {"output": "x"}, "no output 'x'"),
        (None, {"kind": "boxes"}, "which output holds the boxes? There are y [1, 3]"),
        (None, {"kind": "boxes", "boxes": "y"}, "which output holds the boxes?"),
        (None, {"kind": "boxes", "least": "2"}, "least = 2: expected float <= 1"),
    ],
)
def test_what_does_not_fit_says_so(
    labels: list[str] | None, said: dict[str, str], message: str
) -> None:
    with pytest.raises(AipuError) as error:
        meaning(asked(labels, said or {"kind": "classes"}), {"y": Output((1, 3))})
    assert message in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"  \n"])
def test_a_file_without_labels(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels.txt"
    with pytest.raises(AipuError, match="cannot read the labels"):
        asked(path, {})
    path.write_bytes(content)
    with pytest.raises(AipuError, match="no labels: expected one a line"):
        asked(path, {})
