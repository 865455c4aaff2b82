"""The options of a pass: from the words of a pipeline to the fields of a dataclass.

A bare flag means true, an integer may stand for a real, and a member of an enumeration
is named by its value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Literal, Union, cast, get_args, get_origin, get_type_hints

from xdsl.passes import ModulePass
from xdsl.utils.hints import type_repr

from ...errors import AipuError, nearest
from .faults import GuardedStep
from .pipeline_text import Element, Value, pipeline_error

Values = tuple[Value, ...]

COLLECTIONS: Mapping[object, type] = {tuple: tuple, list: list, Sequence: tuple}
"""Types of fields that hold several values, and what is made for them."""


class OptionError(AipuError):
    """What is wrong with the options of a pass, as words to follow its name."""


class MisfitError(Exception):
    """Words that are no value of a type."""


def instantiate(
    pass_class: type[ModulePass], element: Element, text: str
) -> ModulePass:
    """The pass that `element` of the pipeline `text` asks for.

    Raises:
        PipelineError: an option is unknown or missing, or its value of the wrong type.
    """
    hints = get_type_hints(pass_class)
    known = {field.name: hints[field.name] for field in fields(pass_class)}
    try:
        values = dict(
            _checked(option, given, known) for option, given in element.options.items()
        )
        for name in sorted(pass_class.required_fields() - values.keys()):
            raise OptionError(f"needs the option '{spelled(name)}'")
    except OptionError as error:
        message = f"the pass '{element.name}' {error.message}"
        raise pipeline_error(text, element.offset, message, error.remedy) from error
    with GuardedStep(f"pass '{element.name}'"):
        return pass_class(**values)


def _checked(
    option: str, given: Values, known: Mapping[str, object]
) -> tuple[str, object]:
    """The field that an option is, and its value, of the field's type."""
    name = option.replace("-", "_")
    if name not in known:
        remedy = nearest(option, map(spelled, known)) if known else "it takes none"
        raise OptionError(f"has no option '{option}'", remedy=remedy)
    try:
        return name, value_of(given, known[name])
    except MisfitError:
        found = ",".join(map(str, given)) or "nothing"
        raise OptionError(
            f"takes {described(known[name])} for the option '{option}', found {found}"
        ) from None


def value_of(given: Values, hint: object) -> object:
    """The value of a type that some words stand for.

    Raises:
        MisfitError: they stand for none.
    """
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _value_of_any(given, get_args(hint))
    if origin in COLLECTIONS:
        return _values_of(given, COLLECTIONS[origin], get_args(hint))
    if hint is NoneType and not given:
        return None
    value = given[0] if len(given) == 1 else True if hint is bool else None
    if value is None or (len(given) > 1):
        raise MisfitError
    return _one_value(value, hint)


def _one_value(value: Value, hint: object) -> object:
    """The value of a type that one word stands for."""
    if get_origin(hint) is Literal:
        for each in get_args(hint):
            if str(each) == str(value):
                return each
    elif hint is float and type(value) is int:
        return float(value)
    elif hint is Path and isinstance(value, str):
        return Path(value)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        for member in hint:
            if str(member.value) == str(value):
                return member
    elif isinstance(hint, type) and type(value) is hint:
        return value
    raise MisfitError


def _value_of_any(given: Values, hints: Sequence[object]) -> object:
    """The value of the first type that fits."""
    for hint in sorted(hints, key=lambda hint: hint is float):
        try:
            return value_of(given, hint)
        except MisfitError:
            continue
    raise MisfitError


def _values_of(given: Values, kind: type, hints: Sequence[object]) -> object:
    """Several values, as many as a tuple of fixed length has, or one and more."""
    open_ended = kind is list or len(hints) == 1 or hints[-1] is Ellipsis
    wanted = [hints[0]] * len(given) if open_ended else hints
    if not given or len(given) != len(wanted):
        raise MisfitError
    return kind(
        value_of((each,), hint) for each, hint in zip(given, wanted, strict=True)
    )


def described(hint: object) -> str:
    """A type in words: the words themselves where they are few."""
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return f"one of {', '.join(str(member.value) for member in hint)}"
    return type_repr(cast(type, hint))


def spelled(name: str) -> str:
    """A field as it is written in a pipeline."""
    return name.replace("_", "-")


def pass_text(module_pass: ModulePass) -> str:
    """A pass as it is written in a pipeline, with the options that are not usual."""
    words = [
        f"{spelled(field.name)}={_written(getattr(module_pass, field.name))}"
        if getattr(module_pass, field.name) is not None
        else spelled(field.name)
        for field in fields(module_pass)
        if field.default is MISSING or getattr(module_pass, field.name) != field.default
    ]
    inner = f"{{{' '.join(words)}}}" if words else ""
    return f"{module_pass.name}{inner}"


def _written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Enum():
            return _written(value.value)
        case str() | Path():
            return f'"{value}"'
        case tuple() | list():
            return ",".join(map(_written, value))
        case _:
            return str(value)
