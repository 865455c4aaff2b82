"""The text of a cfg: sections of keys, each with its line and `${NAME}` filled in."""

import re
from collections.abc import Iterator, Mapping
from configparser import (
    ConfigParser,
    DuplicateOptionError,
    DuplicateSectionError,
    Error,
    MissingSectionHeaderError,
    ParsingError,
)
from dataclasses import dataclass
from os import environ
from pathlib import Path

from ...errors import AipuError, nearest
from .keys import SECTIONS, Keys

COMMENTS = "#;"
"""What a line begins with that says nothing."""

NUMBERED = re.compile(r"(optimizer|autoquantizationtool)_(\d+)")
VARIABLE = re.compile(r"\$\{(\w+)\}")
HEADER = re.compile(r"\s*\[([^\]]*)\]")
ASSIGNMENT = re.compile(r"([^\s#;=:][^=:]*?)\s*[=:]")


@dataclass(frozen=True)
class Entry:
    """The value of a key, and where it stands."""

    value: str
    place: str


class Section(dict[str, Entry]):
    """The keys of a section that are honoured and have a value, in lower case."""

    def text(self, key: str, default: str = "") -> str:
        """The value of a key."""
        return self[key].value if key in self else default

    def place(self, key: str) -> str:
        """Where a key stands, for an error."""
        return self[key].place


@dataclass(frozen=True)
class CfgFile:
    """A cfg that was read.

    sections: by name, in lower case, honoured keys only.
    warnings: a line for each key or section that was given and changes nothing.
    """

    path: Path
    sections: Mapping[str, Section]
    warnings: list[str]

    def section(self, name: str) -> Section:
        """A section, empty if the file has none of that name."""
        return self.sections.get(name, Section())


def read_cfg(path: Path) -> CfgFile:
    """Read a cfg.

    Raises:
        AipuError: there is no such file, it is no INI text, or a variable in it is
            not set.
    """
    text = _text(path)
    _check_continuations(text, path)
    parser = ConfigParser(interpolation=None, strict=True, allow_no_value=True)
    try:
        parser.read_string(text, str(path))
    except MissingSectionHeaderError as error:
        raise AipuError(
            "expected a section first, such as [Common]",
            place=f"{path}:{error.lineno}",
        ) from None
    except Error as error:
        raise _malformed(error, path) from None
    lines = dict(_lines(text))
    sections: dict[str, Section] = {}
    warnings: list[str] = []
    for name in parser.sections():
        known = _known_keys(name)
        if known is None:
            near = nearest(name.lower(), SECTIONS)
            line = lines.get((name, ""), 0)
            warnings.append(f"{path}:{line}: no section '{name}': {near}")
            continue
        section = sections.setdefault(name.lower(), Section())
        for key, value in parser.items(name):
            place = f"{path}:{lines.get((name, key), 0)}"
            if key not in known:
                near = nearest(key, known)
                warnings.append(f"{place}: no key '{key}' in [{name}]: {near}")
            elif not value:
                continue
            elif known[key] is not None:
                warnings.append(f"{place}: '{key}' changes nothing: {known[key]}")
            else:
                section[key] = Entry(_filled(value, place), place)
    return CfgFile(path, sections, warnings)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AipuError(
            f"not a text that can be read: {error}", place=str(path)
        ) from None


def _check_continuations(text: str, path: Path) -> None:
    """Refuse an indented line after a key without `=`, which has nothing to continue.

    Before Python 3.13 configparser does not expect it.
    """
    key: tuple[int, bool] | None = None  # its indent, and whether it has a value
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content[0] in COMMENTS:
            continue
        indent = len(line) - len(line.lstrip())
        if key is None or indent <= key[0]:
            has_value = ASSIGNMENT.match(line) is not None
            key = None if HEADER.match(line) else (indent, has_value)
        elif not key[1]:
            raise AipuError(_unexpected(repr(content)), place=f"{path}:{number}")


def _unexpected(found: str) -> str:
    return f"expected [Section] or key = value, found {found}"


def _malformed(error: Error, path: Path) -> AipuError:
    """What configparser objects to, in one line with its place."""
    match error:
        case ParsingError(errors=[(line, text), *_]):
            reason = _unexpected(text)
        case DuplicateSectionError(lineno=line, section=section):
            reason = f"a second section '{section}'"
        case DuplicateOptionError(lineno=line, option=option):
            reason = f"a second value for '{option}'"
        case _:
            line, reason = 0, str(error)
    return AipuError(reason, place=f"{path}:{line}")


def _known_keys(section: str) -> Keys | None:
    name = section.lower()
    numbered = NUMBERED.fullmatch(name)
    return SECTIONS.get(numbered[1] if numbered else name)


def _lines(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """The line of each section and of each key in it."""
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            section = header[1]
            yield (section, ""), number
        elif assignment := ASSIGNMENT.match(line):
            yield (section, assignment[1].lower()), number


def _filled(value: str, place: str) -> str:
    """`value` with the variables of the environment in place of `${NAME}`."""

    def content(found: re.Match[str]) -> str:
        if found[1] not in environ:
            raise AipuError(
                f"the variable {found[1]} is not set",
                place=place,
                remedy=f"export {found[1]}=..., then build again",
            )
        return environ[found[1]]

    return VARIABLE.sub(content, value)
