"""The values that inputs are fixed at, from words as `sr=16000`, `h=h.npy`."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ...errors import AipuError
from ...passes.quantising.calibration.array_file import read_array

WORDS = {"true": True, "false": False}


def read_fixed(given: Iterable[tuple[str, str]]) -> dict[str, np.ndarray]:
    """The values of `NAME=VALUE`: numbers `1,2,3`, `true`, `false`, or an `.npy` file.

    Raises:
        AipuError: a value is none of these, or a name is given twice.
    """
    values: dict[str, np.ndarray] = {}
    for name, text in given:
        if name in values:
            raise AipuError(f"'{name}' is fixed twice", place="--fix")
        values[name] = _value(name, text)
    return values


def _value(name: str, text: str) -> np.ndarray:
    if text.endswith(".npy"):
        return read_array(Path(text))
    numbers = [_number(name, word.strip()) for word in text.split(",")]
    return np.array(numbers[0] if len(numbers) == 1 else numbers)


def _number(name: str, word: str) -> bool | int | float:
    if word.lower() in WORDS:
        return WORDS[word.lower()]
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    raise AipuError(
        f"expected numbers as 1,2,3, true or false, or X.npy; found '{word}'",
        place=f"--fix {name}",
    )
