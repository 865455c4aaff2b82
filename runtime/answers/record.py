"""What a package says of the meaning of its outputs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Share = Annotated[float, Meta(ge=0, le=1)]


class Record(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """labels: of the classes, by their numbers."""

    labels: tuple[str, ...] = ()

    def label(self, number: int) -> str:
        """The label of a class; its number, where there is none."""
        return self.labels[number] if 0 <= number < len(self.labels) else str(number)


class Classes(Record, frozen=True, tag="classes"):
    """A score for each class.

    output: that holds them, one vector a frame.
    softmax: whether they are logits still.
    top: how many of the best are said.
    """

    output: str = ""
    softmax: bool = False
    top: Annotated[int, Meta(ge=1)] = 5


class Boxes(Record, frozen=True, tag="boxes"):
    """Objects in an image, whose sides are from 0 to 1.

    boxes: [frames, boxes, 4]; or objects that the network has chosen itself, as rows of
        class, score, left, top, right, bottom, perhaps with the frame in front.
    scores: [frames, boxes, classes]; or [frames, boxes], each of the class that
        `classes`, [frames, boxes], says, or of the only one.
    order: of the sides: x first is left, top, right, bottom.
    background: whether class 0 is that there is no object.
    least: the score that an object has.
    overlap: the intersection over union with a better one of its class that it may
        have; of rows everything is taken.
    """

    boxes: str = ""
    scores: str = ""
    classes: str = ""
    order: Literal["xyxy", "yxyx"] = "xyxy"
    background: bool = False
    least: Share = 0.5
    overlap: Share = 0.5


Meaning = Classes | Boxes
