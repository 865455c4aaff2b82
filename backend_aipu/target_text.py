"""Target files as texts: a whole machine, or what differs from a target that ships."""

from collections.abc import Iterator, Mapping

from msgspec import json, to_builtins

from .machine import Machine


def whole_text(machine: Machine) -> str:
    """The target file that states every number of a machine."""
    return "\n".join(toml_lines(to_builtins(machine))) + "\n"


def toml_lines(table: Mapping[str, object], name: str = "") -> Iterator[str]:
    """The lines of a TOML file: numbers, then sections; what is None is left out."""
    inner = {key: each for key, each in table.items() if isinstance(each, dict)}
    for key, value in table.items():
        if key not in inner and value is not None:
            yield f"{key} = {json.encode(value).decode()}"
    for key, each in inner.items():
        path = f"{name}.{key}" if name else key
        yield f"[{path}]"
        yield from toml_lines(each, path)
