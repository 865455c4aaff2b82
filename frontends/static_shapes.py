"""The static shape of an input: the model's, settled by what the user says."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..dialects.nn.shapes import Shape
from ..errors import AipuError

EXAMPLE = (1, 3, 224, 224)
"""What a remedy proposes for extents that only the user can know."""

Extents = Sequence[int | None]
"""None for an extent that the model leaves open."""


@dataclass(frozen=True)
class Batch:
    """The leading extent of the inputs, in the file and as it is imported."""

    before: int
    after: int


def static_shape(
    name: str,
    declared: Extents | None,
    given: Sequence[int] | None,
    batch: int | None,
    example: Sequence[int] = EXAMPLE,
) -> Shape:
    """The shape of an input.

    Args:
        name: of the input.
        declared: what the model says, None if it says nothing.
        given: what the user says; it goes before the model.
        batch: the leading extent, if the user says one.
        example: an image of the format, for a remedy.

    Raises:
        AipuError: an extent stays open, or `given` does not fit the model.
    """
    if given is not None and (
        min(given, default=1) < 1
        or (declared is not None and len(given) != len(declared))
    ):
        expected = "any" if declared is None else _text(declared)
        raise AipuError(
            f"cannot have the shape {_text(given)}, the model says {expected}",
            place=f"input '{name}'",
        )
    unknown = [None] * len(example)
    known = declared if given is None else given
    extents = list(unknown if known is None else known)
    if batch is not None and extents:
        extents[0] = batch
    settled = tuple(extent for extent in extents if extent is not None)
    if len(settled) < len(extents):
        found = "no shape" if declared is None else f"the shape {_text(declared)}"
        raise AipuError(
            f"a static shape is needed, the model says {found}",
            place=f"input '{name}'",
            remedy=f"add --shape {name}={_text(_proposed(extents, example))}",
        )
    return settled


def _proposed(extents: Extents, example: Sequence[int]) -> Extents:
    """Open extents filled in as those of an image, others with 1."""
    usual = example if len(extents) == len(example) else (1,) * len(extents)
    return [extent or guess for extent, guess in zip(extents, usual, strict=True)]


def _text(extents: Extents) -> str:
    return "x".join("?" if extent is None else str(extent) for extent in extents)
