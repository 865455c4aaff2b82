"""Write isa.md, the manual of the instructions, from the table of the instructions.

python docs/generate_isa.py
"""

import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import dedent

from aipu.backend_aipu import isa, views
from aipu.backend_aipu.assembly.values import FORMS, Visible, write_value
from aipu.backend_aipu.fields import (
    ChoiceField,
    Field,
    IndicesField,
    IntegerField,
    IntegersField,
    ReferenceField,
)
from aipu.backend_aipu.isa import INSTRUCTIONS, InstructionSpec
from aipu.dialects import aipu

FOLDER = Path(__file__).parent
EXAMPLE = (FOLDER / "example.s").read_text()
NUMBERS = {
    "b": "int8",
    "B": "uint8",
    "h": "int16",
    "H": "uint16",
    "i": "int32",
    "I": "uint32",
}


def isa_page() -> str:
    """The whole manual."""
    lines = [*_introduction(), *_summary(), *_kinds()]
    for group, specs in groupby(INSTRUCTIONS, _group):
        lines += _group_section(group, list(specs))
    return "\n".join(lines) + "\n"


def _introduction() -> Iterator[str]:
    yield "# The instructions"
    yield ""
    yield "<!-- Written by docs/generate_isa.py from the instruction table. -->"
    yield ""
    yield _without_title(aipu.__doc__)
    yield ""
    yield "## Encoding"
    yield ""
    yield _without_title(isa.__doc__)
    yield ""
    yield "## Tokens and operands"
    yield ""
    yield inspect.cleandoc(aipu.InstructionOp.__doc__ or "")
    yield ""
    yield "Of an operand the manual says which bytes it is:"
    yield ""
    yield _without_title(views.__doc__)


def _without_title(doc: str | None) -> str:
    return inspect.cleandoc(doc or "").partition("\n\n")[2]


def _summary() -> Iterator[str]:
    yield ""
    yield "## Summary"
    yield ""
    yield "| instruction | opcode | engine | numbers of the descriptor | |"
    yield "|---|---|---|---|---|"
    for spec in INSTRUCTIONS:
        link = f"[`{spec.mnemonic}`](#{spec.mnemonic.replace('.', '')})"
        doc = " ".join(spec.doc.split())
        engine, width = _engine(spec), spec.width
        yield f"| {link} | {spec.opcode:#04x} | {engine} | {width} | {doc} |"


def _kinds() -> Iterator[str]:
    yield ""
    yield "## Kinds of fields"
    yield ""
    yield "| kind | `struct` | in the text | |"
    yield "|---|---|---|---|"
    for kind, form in FORMS.items():
        doc = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())
        layout = f"`{kind.layout}`" if hasattr(kind, "layout") else ""
        yield f"| {_name(kind)} | {layout} | {form.words} | {doc} |"


def _group(spec: InstructionSpec) -> str:
    """The first word of a mnemonic of two."""
    first, _, second = spec.mnemonic.partition(".")
    return first if second else "sequencer"


def _group_section(group: str, specs: Sequence[InstructionSpec]) -> Iterator[str]:
    """The instructions of a group, after what the dialect's file says of them all."""
    yield ""
    yield f"## Group {group}"
    operation = specs[0].operation
    if operation is not None and group != "sequencer":
        yield ""
        yield inspect.cleandoc(sys.modules[operation.__module__].__doc__ or "")
    for spec in specs:
        yield from _instruction(spec)


def _instruction(spec: InstructionSpec) -> Iterator[str]:
    yield ""
    yield f"### {spec.mnemonic}"
    yield ""
    yield f"Opcode {spec.opcode:#04x}, engine {_engine(spec)}, timing {spec.timing}."
    for doc in _docs(spec):
        yield ""
        yield doc
    if spec.fields:
        yield ""
        yield "| number | field | kind | |"
        yield "|---|---|---|---|"
        offset = 0
        for field in spec.fields:
            yield f"| {offset} | `{field.name}` | {_kind(field)} | {_field(field)} |"
            offset += field.width
    yield ""
    yield "```asm"
    yield _example(spec.mnemonic)
    yield "```"


def _engine(spec: InstructionSpec) -> str:
    return str(spec.engine or "named by a field")


def _docs(spec: InstructionSpec) -> Iterator[str]:
    """What the dialect says of the operation, and of what it shares with others."""
    if spec.operation is None:
        yield spec.doc
        return
    for kind in spec.operation.__mro__:
        if kind is aipu.InstructionOp or not kind.__module__.startswith("aipu."):
            return
        yield inspect.cleandoc(kind.__doc__ or "")


def _name(kind: type[Field]) -> str:
    return kind.__name__.removesuffix("Field").lower()


def _kind(field: Field) -> str:
    """What the bytes of a field are."""
    match field:
        case IntegersField(count=count, code=code):
            return f"{count} x {NUMBERS[code]}"
        case IntegerField(code=code):
            return NUMBERS[code]
        case IndicesField(count=count):
            return f"{count} x index"
        case ChoiceField(choices=choices):
            return "choice: " + ", ".join(choices)
        case ReferenceField(spaces=spaces):
            return f"reference: {' or '.join(spaces)}"
        case _:
            return _name(type(field))


def _field(field: Field) -> str:
    """What a field is for; of an operand also which bytes it is."""
    if not isinstance(field, ReferenceField):
        free = field.default is not None
        return f"{field.doc}; {_default(field)} if not said" if free else field.doc
    verb = "writes" if field.writes else "reads"
    place = "; may be where the ofm lies" if field.in_place else ""
    return f"{field.doc}: {verb} {field.view}{place}"


def _default(field: Field) -> str:
    assert field.default is not None
    return write_value(field, field.default, Visible((), ()))


def _example(mnemonic: str) -> str:
    """The first such instruction of the example."""
    first = r"\}" if mnemonic == "end" else rf"{re.escape(mnemonic)} .*"
    more = r"(?:\n +(?:\w+=|wait |signal |@).*)*"
    found = re.search(rf"^ *{first}{more}", EXAMPLE, re.MULTILINE)
    assert found, f"example.s has no {mnemonic}"
    return dedent(found[0])


if __name__ == "__main__":
    (FOLDER / "isa.md").write_text(isa_page())
