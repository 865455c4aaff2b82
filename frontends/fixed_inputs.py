"""Inputs that a user fixes at a value: they are constants of the network then.

A sampling rate, a switch or a state that is always the same need not be fed; and which
branch of a condition is taken may follow from it.
"""

from collections.abc import Collection, Mapping, Sequence
from shlex import quote

import numpy as np

from ..errors import AipuError, nearest
from .input_shapes import Extents, fits, shape_text

Fixed = Mapping[str, np.ndarray]
"""The values of inputs by name: of their shape, or one number for all elements."""


def check_fixed(fixed: Fixed, known: Collection[str]) -> None:
    """Only inputs can be fixed.

    Raises:
        AipuError: a name is none of the `known` inputs.
    """
    for name in fixed:
        if name not in known:
            raise AipuError(
                f"the model has no input '{name}' to fix", remedy=nearest(name, known)
            )


def fixed_array(
    name: str,
    value: np.ndarray,
    declared: Extents | None,
    shape: Sequence[int] | None = None,
) -> np.ndarray:
    """The elements of an input that is fixed.

    Args:
        name: of the input.
        value: an array of its shape, with axes of 1 or without; or one number.
        declared: the extents that the file gives it, None if it says nothing.
        shape: what the user says of it.

    Raises:
        AipuError: the value does not fit.
    """
    extents = declared if shape is None else shape
    if extents is None:
        return value
    if value.size == 1:
        return np.full([extent or 1 for extent in extents], value.reshape(()))
    if fits(value.shape, extents):
        return value
    known = [extent for extent in extents if extent is not None]
    if len(known) == len(extents) and np.prod(known) == value.size:
        return value.reshape(known)
    raise AipuError(
        f"cannot be fixed at an array {shape_text(value.shape)}, the model says "
        f"{shape_text(extents)}",
        place=f"input '{name}'",
    )


def of_type(name: str, value: np.ndarray, kind: np.dtype) -> np.ndarray:
    """A value in the element type of its input.

    Raises:
        AipuError: it would not be the same.
    """
    if value.dtype.kind not in "biuf":
        raise AipuError(f"expected numbers, found {value.dtype}", place=f"'{name}'")
    found = value.astype(kind)
    if kind.kind in "biu" and not np.array_equal(found, value):
        raise AipuError(
            f"cannot be fixed at {value.reshape(-1)[0]}: it takes {kind}",
            place=f"input '{name}'",
        )
    return found


def fix_options(names: Sequence[str]) -> str:
    """`--fix a=VALUE --fix b=VALUE`, to be typed with a value each."""
    return " ".join(f"--fix {quote(name)}=VALUE" for name in names)


def fixed_arrays(
    fixed: Fixed, settled: Mapping[str, Sequence[int]]
) -> dict[str, np.ndarray]:
    """The elements of the inputs that are fixed, all reals.

    Raises:
        AipuError: a name is no input, or a value does not fit it.
    """
    check_fixed(fixed, settled)
    return {
        name: of_type(
            name, fixed_array(name, value, settled[name]), np.dtype(np.float32)
        )
        for name, value in fixed.items()
    }
