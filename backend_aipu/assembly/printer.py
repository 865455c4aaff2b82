"""A program as text.

loop row times 7 @conv1 {
  dma.load sram=conv1.ifm[row] dram=input shape=[1, 224, 224, 3]
    strides=[150528, 672, 3, 1] origin=[0, 16*row, 0, 0] box=[1, 37, 230, 3] fill=0
    wait ifm.free signal ifm.full @conv1
}
"""

from collections.abc import Iterator, Sequence

from ..isa import BY_MNEMONIC, WORKS
from ..network import Network, Tensor
from ..program import Buffer, Entry, Instruction, Program
from ..validate import validate
from .values import Visible, quoted, write_value

WIDTH = 88
INDENT = "  "


def print_assembly(program: Program) -> str:
    """The text of a program, which `parse_assembly` reads back as the same program.

    Raises:
        AipuError: the program is not sound.
    """
    validate(program)
    lines = [f".target {quoted(program.target)}"]
    if program.tokens:
        lines.append(f".tokens {_names(program.tokens)}")
    if program.network is not None:
        lines += ["", *_network(program.network)]
    if program.buffers:
        lines += ["", *_buffers(program.buffers)]
    for entry in program.entries:
        lines += ["", *_entry(entry, program.tokens)]
    return "\n".join(lines) + "\n"


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))


def _buffers(buffers: Sequence[Buffer]) -> Iterator[str]:
    """A table of the buffers."""
    width = max(len(quoted(buffer.name)) for buffer in buffers)
    for buffer in buffers:
        slots = f" slots {buffer.slots}" if buffer.slots > 1 else ""
        yield (
            f".buffer {quoted(buffer.name):<{width}} {buffer.space:<7} "
            f"at {buffer.address:#010x} bytes {buffer.bytes}{slots}"
        )


def _network(network: Network) -> Iterator[str]:
    """What the entries make together: tensors, and segments."""
    yield f".network{_ends(network.inputs, network.outputs)}"
    for tensor in network.tensors:
        yield " ".join(_tensor(tensor))
    for step in network.segments:
        yield f".segment {quoted(step.name)}{_ends(step.inputs, step.outputs)}"


def _tensor(tensor: Tensor) -> Iterator[str]:
    yield f".tensor {quoted(tensor.name)} {tensor.kind} {[*tensor.shape]}"
    if tensor.scale:
        yield f"scale {tensor.scale!r}"
    if tensor.zero_point:
        yield f"zero_point {tensor.zero_point}"
    if tensor.layout:
        yield f"layout {[*tensor.layout]}"


def _ends(inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """` inputs a outputs b, c`, or less where there are none."""
    named = (("inputs", inputs), ("outputs", outputs))
    return "".join(f" {what} {_names(names)}" for what, names in named if names)


def _entry(entry: Entry, tokens: Sequence[str]) -> Iterator[str]:
    yield f".entry {quoted(entry.name)}{_ends(entry.inputs, entry.outputs)}"
    counters: list[str] = []
    for instruction in entry.instructions:
        if instruction.mnemonic == "end":
            counters.pop()
            yield INDENT * len(counters) + "}"
            continue
        indent = INDENT * len(counters)
        if instruction.mnemonic in WORKS:
            yield ""
        if instruction.mnemonic == "loop":
            yield indent + _loop(instruction)
            counters.append(str(instruction.fields["counter"]))
        else:
            yield from _instruction(instruction, indent, Visible(tokens, counters))


def _source(instruction: Instruction) -> list[str]:
    return [f"@{quoted(instruction.source)}"] if instruction.source else []


def _loop(loop: Instruction) -> str:
    counter, count = quoted(str(loop.fields["counter"])), loop.fields["count"]
    return " ".join(["loop", counter, "times", str(count), *_source(loop), "{"])


def _instruction(
    instruction: Instruction, indent: str, visible: Visible
) -> Iterator[str]:
    """One line, or a line that the fields go on in and one for the tokens."""
    fields = [
        f"{field.name}={write_value(field, instruction.fields[field.name], visible)}"
        for field in BY_MNEMONIC[instruction.mnemonic].fields
        if instruction.fields[field.name] != field.default
    ]
    tokens = [
        f"{part} {_names(names)}"
        for part, names in (("wait", instruction.wait), ("signal", instruction.signal))
        if names
    ]
    words = [indent + instruction.mnemonic, *fields]
    ending = [*tokens, *_source(instruction)]
    line = " ".join([*words, *ending])
    if len(line) <= WIDTH:
        yield line
    elif tokens:
        yield from _filled(words, indent + 2 * INDENT)
        yield indent + 2 * INDENT + " ".join(ending)
    else:
        yield from _filled([*words, *ending], indent + 2 * INDENT)


def _filled(words: Sequence[str], indent: str) -> Iterator[str]:
    """Words in lines as full as the width allows, `indent` before the later ones."""
    line, *rest = words
    for word in rest:
        if len(line) + 1 + len(word) <= WIDTH:
            line += f" {word}"
        else:
            yield line
            line = indent + word
    yield line
