"""Remedies of `aipu build`, in the words of a cfg: keys where it has options."""

import re
from collections.abc import Callable, Mapping

from ...errors import AipuError

OPTION = re.compile(r"--([a-z][a-z-]*)(?:[ =](?!out\b|and\b|or\b|makes\b)([^\s,;]+))?")
SEVERAL = re.compile(r"--(input|output) \S+(?: --\1 \S+)+")

PLACEHOLDER = re.compile(r"[A-Z][A-Z.|]*")


def shape(argument: str) -> str:
    """`x=1x3x8x8` is `input = x` and `input_shape = [1,3,8,8]`."""
    name, _, extents = argument.rpartition("=")
    listed = ",".join(extents.split("x")) if extents else "..."
    return f"input = {name or 'NAME'} and input_shape = [{listed}] in [Parser]"


def key(name: str, section: str) -> Callable[[str], str]:
    """A key with the argument of an option as its value."""
    return lambda value: f"{name} = {value} in [{section}]" if value else f"'{name}'"


WORDS: Mapping[str, Callable[[str], str]] = {
    "input": key("input", "Parser"),
    "output": key("output", "Parser"),
    "shape": shape,
    "batch": lambda _: "the first extent of 'input_shape'",
    "weights": lambda file: (
        f"input_model = {file or 'FILE'} beside 'caffe_prototxt', in [Parser]"
    ),
    "random-weights": lambda seed: (
        "random-init = true in [GBuilder]" if seed else "'random-init'"
    ),
    "calibration": lambda file: (
        f"calibration_data = {file or 'FILE'}, where the cfg quantises"
    ),
    "target": key("target", "GBuilder"),
}
"""What stands for each option of `aipu build`."""


def in_cfg_words(text: str) -> str:
    """A text without options of another command.

    What a cfg has no key for is said to be an option of `aipu build`.
    """
    return OPTION.sub(_replaced, SEVERAL.sub(_listed, text))


def _listed(found: re.Match[str]) -> str:
    """`--output a --output b` as a key, which has a list."""
    names = found[0].split(f"--{found[1]} ")[1:]
    return WORDS[found[1]](",".join(map(str.strip, names)))


def _replaced(found: re.Match[str]) -> str:
    option, argument = found[1], found[2] or ""
    if option in WORDS:
        return WORDS[option](argument)
    return f"`aipu build ... {found[0]}`"


def for_cfg(error: AipuError, place: str = "") -> AipuError:
    """An error of the model's import, for who wrote a cfg."""
    return AipuError(
        in_cfg_words(error.message),
        place=place or error.place,
        remedy=in_cfg_words(error.remedy),
    )
