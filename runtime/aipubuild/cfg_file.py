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
from .keys.key import Key, Keys
from .keys.sections import ALONE, BY_LOWER_CASE, SECTIONS
from .log import Remark
from .overrides import parse_overrides

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

    def list(self, key: str) -> list[str]:
        """The parts of a value with commas."""
        return [part.strip() for part in self.text(key).split(",") if part.strip()]

    def place(self, key: str) -> str:
        """Where a key stands, for an error."""
        return self[key].place


@dataclass(frozen=True)
class CfgFile:
    """A cfg that was read.

    sections: by name, in lower case, honoured keys only.
    remarks: a line for each key or section that was given and changes nothing; it is a
        warning if it is unknown, or asks for what is not done.
    """

    path: Path
    sections: Mapping[str, Section]
    remarks: list[Remark]

    def section(self, name: str) -> Section:
        """A section, empty if the file has none of that name."""
        return self.sections.get(name, Section())


def read_cfg(path: Path) -> CfgFile:
    """Read a cfg.

    Raises:
        AipuError: there is no such file, it is no INI text, a value is none that its
            key can have, or a variable in it is not set.
    """
    text = _text(path)
    _check_continuations(text, path)
    parser = ConfigParser(
        interpolation=None,
        strict=True,
        allow_no_value=True,
        inline_comment_prefixes=("#",),
    )
    try:
        parser.read_string(text, str(path))
    except MissingSectionHeaderError as error:
        raise AipuError(
            "expected a section first, such as [Common]",
            place=f"{path}:{error.lineno}",
        ) from None
    except Error as error:
        raise _malformed(error, path) from None
    return _Keys(path, dict(_lines(text))).read(parser)


class _Keys:
    """Goes through the keys of a text, and judges each."""

    def __init__(self, path: Path, lines: Mapping[tuple[str, str], int]):
        self.path = path
        self.lines = lines
        self.remarks: list[Remark] = []
        self.faults: list[AipuError] = []

    def read(self, parser: ConfigParser) -> CfgFile:
        """The sections.

        Raises:
            AipuError: values that cannot be, all of them in one message.
        """
        names = parser.sections()
        alone = [name.lower() for name in names] == ["common"]
        sections: dict[str, Section] = {}
        for name in names:
            known = ALONE if alone else _known_keys(name)
            if known is None:
                near = nearest(name, SECTIONS)
                text = f"{self.place(name, '')}: no section '{name}': {near}"
                self.remarks.append(Remark(text, warning=True))
                continue
            section = sections.setdefault(name.lower(), Section())
            for key, value in parser.items(name):
                self.take(section, name, known, key, value)
        if self.faults:
            raise _together(self.faults)
        return CfgFile(self.path, sections, self.remarks)

    def take(
        self, section: Section, name: str, known: Keys, key: str, value: str | None
    ) -> None:
        """Put a key into its section, or say why not."""
        place = self.place(name, key)
        if key not in known:
            text = f"{place}: no key '{key}' in [{name}]: {nearest(key, known)}"
            self.remarks.append(Remark(text, warning=True))
        elif value:
            found = known[key]
            if not found.inert:
                value = _filled(value, place)
                section[key] = Entry(value, place)
            try:
                check_value(found, value, place)
            except AipuError as error:
                self.faults.append(error)
                return
            if found.inert:
                text = f"{place}: '{key}' changes nothing: {found.inert}"
                self.remarks.append(Remark(text, found.asks_in_vain(value)))

    def place(self, section: str, key: str) -> str:
        return f"{self.path}:{self.lines.get((section, key), 0)}"


def check_value(key: Key, value: str, place: str) -> None:
    """A value must be one that its key can have, for all nodes and for some.

    Raises:
        AipuError: it is not; or it does not fit the grammar of `overrides.lark`.
    """
    values = [value]
    if key.per_node and ("&" in value or not key.values.fits(value.lower())):
        values = parse_overrides(value, place).values
    for one in values:
        if not key.values.fits(one.strip().lower()):
            raise AipuError(
                f"'{key.name}' cannot be '{one}'",
                place=place,
                remedy=key.values.remedy(one),
            )


def _together(faults: list[AipuError]) -> AipuError:
    """Several faults as one."""
    first, *others = faults
    if not others:
        return first
    lines = [
        f"\n    {fault.place}: {fault.message}; {fault.remedy}" for fault in faults
    ]
    return AipuError(f"{len(faults)} values cannot be:{''.join(lines)}")


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
    return BY_LOWER_CASE.get(numbered[1] if numbered else name)


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
