"""Write api.md, the manual of the Python interface, from its docstrings.

python docs/generate_api.py
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, get_args, get_origin

import msgspec

import aipu

FOLDER = Path(__file__).parent
INTRODUCTION = """\
All of it is in `aipu`; what else a module holds may change. Arrays are numpy's, in the
model's own shapes and layout, reals as float32.

```console
$ mkdir -p out
$ cd out
$ python ../examples/tiny_network.py
```

```pycon
>>> import aipu, numpy
>>> package = aipu.compile("tiny.onnx", calibration="images.npy")
>>> result = package.run({"image": numpy.load("images.npy")[:1]})
>>> result.outputs["scores"].shape, result.profile.cycles
((1, 10), 244634)
>>> [row.equal for row in package.verify()]
[True, True, True, True, True, True]
>>> package.save("tiny")
>>> sorted(aipu.load("tiny").report)[:4]
['accuracy', 'batch', 'bounds', 'calibration']
```"""


def api_page() -> str:
    """The whole manual."""
    names = [name for name in aipu.__all__ if not name.startswith("_")]
    functions = [name for name in names if inspect.isfunction(getattr(aipu, name))]
    lines = [*_introduction()]
    for name in (*functions, *(name for name in names if name not in functions)):
        lines += _entry(name, getattr(aipu, name))
    return "\n".join(lines) + "\n"


def _introduction() -> Iterator[str]:
    yield "# From Python"
    yield ""
    yield "<!-- Written by docs/generate_api.py from the docstrings. -->"
    yield ""
    yield INTRODUCTION


def _entry(name: str, value: object) -> Iterator[str]:
    """A section of a function or of a class with its public parts."""
    yield ""
    yield f"## {name}"
    yield ""
    if inspect.isfunction(value):
        yield from _code(f"aipu.{name}{_signature(value)}")
        yield from _text(value)
        return
    assert isinstance(value, type)
    yield from _text(value)
    if _has_fields(value):
        yield ""
        yield "| field | type |"
        yield "|---|---|"
        for field, kind in _fields(value):
            yield f"| `{field}` | `{kind}` |"
    for part, member in vars(value).items():
        if part.startswith("_") or not _documented(member):
            continue
        yield ""
        yield f"### {name}.{part}"
        yield ""
        if isinstance(member, property | cached_property):
            yield from _text(_getter(member))
            continue
        function = member.__func__ if isinstance(member, classmethod) else member
        assert inspect.isfunction(function)
        yield from _code(f"{part}{_signature(function)}")
        yield from _text(function)


def _has_fields(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, msgspec.Struct)


def _fields(kind: type) -> Iterator[tuple[str, str]]:
    for name, annotation in inspect.get_annotations(kind).items():
        yield name, _words(annotation).replace("|", "\\|")


def _words(annotation: object) -> str:
    """A type as it is written in the code."""
    if isinstance(annotation, str):
        return annotation
    if get_origin(annotation) is Annotated:
        return _words(get_args(annotation)[0])
    return re.sub(r"~|(\w+\.)+", "", inspect.formatannotation(annotation))


def _documented(member: object) -> bool:
    kinds = property | cached_property | classmethod
    is_part = isinstance(member, kinds) or inspect.isfunction(member)
    return is_part and bool(_getter(member).__doc__)


def _getter(member: object) -> object:
    """The function behind a member."""
    match member:
        case property():
            return member.fget
        case cached_property():
            return member.func
        case classmethod():
            return member.__func__
        case _:
            return member


def _signature(function: object) -> str:
    """The arguments and the result, an argument a line where they are many."""
    assert inspect.isfunction(function)
    signature = inspect.signature(function)
    parameters: list[str] = []
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        if name not in ("self", "cls"):
            parameters.append(_parameter(parameter))
    result = _words(signature.return_annotation)
    line = f"({', '.join(parameters)}) -> {result}"
    if len(line) <= 70:
        return line
    inside = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"(\n{inside}) -> {result}"


def _parameter(parameter: inspect.Parameter) -> str:
    short = re.sub(r"~|(\w+\.)+(?=[A-Z])", "", str(parameter))
    return re.sub(r": '(\w+)'", r": \1", short)


def _code(text: str) -> Iterator[str]:
    yield "```text"
    yield text
    yield "```"
    yield ""


def _text(value: object) -> Iterator[str]:
    """A docstring: paragraphs, and lists of arguments, results and errors."""
    for line in inspect.cleandoc(inspect.getdoc(value) or "").splitlines():
        if found := re.fullmatch(r"(Args|Returns|Raises):", line):
            yield {"Args": "Arguments", "Raises": "Errors"}.get(
                found[1], found[1]
            ) + ":"
            yield ""
        elif found := re.fullmatch(r" {4}(\w+): (.*)", line):
            yield f"- `{found[1]}`: {found[2]}"
        else:
            yield re.sub(r"^ {4}(?! )", "", re.sub(r"^ {8}", "  ", line))


if __name__ == "__main__":
    (FOLDER / "api.md").write_text(api_page())
