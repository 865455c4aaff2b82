"""Read a TOML file as a struct: every key known, none missing, every value in range.

An error names the file, the key as `section.key`, and what was found there.
"""

import tomllib
from pathlib import Path
from reprlib import repr as shortened
from typing import TypeVar, get_args

import msgspec
from msgspec import Struct
from msgspec.inspect import EnumType, VarTupleType

from ..errors import AipuError, nearest
from ..pipes import refuse_pipe

Section = TypeVar("Section", bound=Struct)

STATE_IT = 'a target file states every number, or names a base = "..."'
"""What to do about a key that a target file lacks."""


def read(path: Path, kind: str = "target") -> dict[str, object]:
    """The table in a TOML file, which is of a `kind`.

    Raises:
        AipuError: the file cannot be read, or is not TOML.
    """
    try:
        refuse_pipe(path)
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise AipuError(
            f"cannot read the {kind} file: {error.strerror}", place=str(path)
        ) from None
    except (ValueError, RecursionError) as error:
        raise AipuError(f"not a TOML file: {error}", place=str(path)) from None


def convert(
    table: object,
    struct: type[Section],
    place: str,
    section: str = "",
    remedy: str = STATE_IT,
) -> Section:
    """`table` as a `struct`: its keys are the fields of the struct, each in its range.

    What has a default may be missing; `remedy` is what to do about anything else.

    Raises:
        AipuError: a key is unknown or missing, or its value is not what it must be.
    """
    if not isinstance(table, dict):
        raise AipuError(f"{section} must be a section, [{section}]", place=place)
    prefix = f"{section}." if section else ""
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    for key in table:
        if key not in fields:
            raise AipuError(
                f"unknown key {prefix}{key}", place=place, remedy=nearest(key, fields)
            )
    values: dict[str, object] = {}
    for key, field in fields.items():
        if key not in table and not field.required:
            continue
        if key not in table:
            raise AipuError(
                f"missing key {prefix}{key}",
                place=place,
                remedy=remedy,
            )
        kind = field.type
        inner = _section(kind)
        if inner is not None:
            values[key] = convert(table[key], inner, place, prefix + key, remedy)
        else:
            values[key] = _value(table[key], kind, place, prefix + key)
    return struct(**values)


def _section(kind: object) -> type[Struct] | None:
    """The struct that a field holds, if it holds one."""
    for each in (kind, *get_args(kind)):
        if isinstance(each, type) and issubclass(each, Struct):
            return each
    return None


def _value(value: object, kind: object, place: str, key: str) -> object:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        expected = str(error).replace("`", "").partition(" - at ")[0]
        raise AipuError(
            f"{key} = {shortened(value)}: {expected[0].lower()}{expected[1:]}",
            place=place,
            remedy=_choices(kind),
        ) from None


def _choices(kind: object) -> str:
    """The words that a list of an enumeration's values may hold."""
    match msgspec.inspect.type_info(kind):
        case VarTupleType(item_type=EnumType(cls=words)):
            return f"known: {', '.join(str(word) for word in words)}"
        case _:
            return ""
