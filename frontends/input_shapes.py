"""The static shapes of the inputs: the file's, settled by what the user says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..dialects.nn.shapes import Shape
from ..errors import AipuError, nearest

EXAMPLE = (1, 3, 224, 224)
"""What a remedy proposes for extents that only the user can know."""

Extents = Sequence[int | None]
"""None for an extent that the model leaves open."""


@dataclass(frozen=True)
class Batch:
    """The leading extent of the inputs, in the file and as it is imported.

    `forced` is what the user says where the file says something else; else 1.
    """

    before: int
    after: int
    forced: int = 1


def settle_shapes(
    declared: Mapping[str, Extents | None],
    shapes: Mapping[str, Sequence[int]],
    batch: int | None,
    example: Sequence[int] = EXAMPLE,
) -> tuple[dict[str, Shape], Batch]:
    """The shape of every input, and what became of the batch.

    Args:
        declared: what the file says of each input; None if it says nothing.
        shapes: what the user says; it goes before what the file says.
        batch: the leading extent of all inputs, if the user says one; else it is what
            was said of each input, and 1 where it was left open.
        example: an image in the format's order, for a remedy.

    Raises:
        AipuError: an extent stays dynamic, or `shapes` does not fit the inputs.
    """
    for name in shapes:
        if name not in declared:
            raise AipuError(
                f"the model has no input '{name}'", remedy=nearest(name, declared)
            )
    if batch is not None and batch < 1:
        raise AipuError(f"the batch must be positive, found {batch}")
    settled: dict[str, Shape] = {}
    changes: set[Batch] = set()
    for name, extents in declared.items():
        settled[name] = _settled(name, extents, shapes.get(name), batch, example)
        if settled[name]:
            before = (extents[0] if extents else None) or 1
            changes.add(Batch(before, settled[name][0]))
    said = [extents[0] for extents in declared.values() if extents]
    other = any(extent not in (None, batch) for extent in said)
    # Inputs that change differently have no batch that a reshape could follow.
    common = changes.pop() if len(changes) == 1 else Batch(1, 1)
    return settled, replace(common, forced=(batch or 1) if other else 1)


def fits(shape: Shape, declared: Extents | None) -> bool:
    """Whether a shape is one of those that a file allows."""
    return declared is None or (
        len(shape) == len(declared)
        and all(said in (None, n) for n, said in zip(shape, declared, strict=True))
    )


def _settled(
    name: str,
    declared: Extents | None,
    given: Sequence[int] | None,
    batch: int | None,
    example: Sequence[int],
) -> Shape:
    if given is not None and (
        min(given, default=1) < 1
        or (declared is not None and len(given) != len(declared))
    ):
        expected = "any" if declared is None else shape_text(declared)
        raise AipuError(
            f"cannot have the shape {shape_text(given)}, the model says {expected}",
            place=f"input '{name}'",
        )
    unknown = [None] * len(example)
    known = declared if given is None else given
    extents = list(unknown if known is None else known)
    if extents and known is not None:
        extents[0] = batch or extents[0] or 1
    settled = tuple(extent for extent in extents if extent is not None)
    if len(settled) < len(extents):
        found = "no shape" if declared is None else f"the shape {shape_text(declared)}"
        raise AipuError(
            f"a static shape is needed, the model says {found}",
            place=f"input '{name}'",
            remedy=f"add --shape {name}={shape_text(_proposed(extents, example))}",
        )
    return settled


def _proposed(extents: Extents, example: Sequence[int]) -> Extents:
    """Open extents filled in as those of an image, others with 1."""
    usual = example if len(extents) == len(example) else (1,) * len(extents)
    return [extent or guess for extent, guess in zip(extents, usual, strict=True)]


def shape_text(extents: Extents) -> str:
    """`1x3x?x?`: a shape as users write it."""
    return "x".join("?" if extent is None else str(extent) for extent in extents)
