"""What a network answers, as a table."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import RenderableType

from ...answers.answering import Answers, Found, Named
from ...answers.record import Classes
from ...manifest import Manifest
from .tables import table


def answer_of(
    manifest: Manifest, answers: Answers, files: Sequence[Path]
) -> tuple[RenderableType | None, str]:
    """The table of the answers, if the package gives any, and the output that holds all
    of it.
    """
    match manifest.meaning:
        case None:
            return None, ""
        case Classes(output=output):
            return answer_table(answers, files), output
        case _:
            return answer_table(answers, files), ""


def answer_table(answers: Answers, files: Sequence[Path]) -> RenderableType:
    """The best class of each frame and the next ones; or every object.

    Args:
        answers: of all frames.
        files: that they were made of, if they were.
    """
    names = [path.name for path in files] or [str(n) for n in range(len(answers))]
    if any(isinstance(each, Found) for frame in answers for each in frame):
        result = table(
            "frame", "object", ">score", ">left", ">top", ">right", ">bottom"
        )
    else:
        result = table("frame", "answer", ">score", "then")
    for name, frame in zip(names, answers, strict=False):
        for each in frame or [None]:
            match each:
                case Found():
                    sides = (f"{side:.4g}" for side in each[3:])
                    result.add_row(name, each.label, f"{each.score:.3f}", *sides)
                case Named():
                    result.add_row(name, *_in_a_row(frame))
                    break
                case None:
                    result.add_row(name, "nothing")
    return result


def _in_a_row(frame: Sequence[Named | Found]) -> tuple[str, str, str]:
    first, *others = frame
    then = "   ".join(f"{each.label} {each.score:.3f}" for each in others)
    return first.label, f"{first.score:.3f}", then
