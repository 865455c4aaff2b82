"""Whether a program is sound, whatever form it came from: text, dialect or binary.

A sound program has all its forms, and each says the same: every name resolves, every
number fits its encoding, every loop is closed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from ...dialects.aipu import Space
from ...dialects.aipu.program import MAX_TOKENS
from ...errors import AipuError
from ..faults import Fault, is_text, name_faults, unknown
from ..fields import Symbols
from ..isa import WORKS
from ..program import Buffer, Entry, Instruction, Program
from .instruction import Scope, instruction_faults
from .network import network_faults

ADDRESSES = 1 << 32
MAX_BUFFERS = (1 << 16) - 1
MAX_HOLES = 1 << 20


def validate(program: Program, name: str = "") -> None:
    """Check a program that came from `name`, a file or nothing.

    Raises:
        AipuError: names the first thing that is wrong, and where it is.
    """
    fault = find_fault(program)
    if fault is not None:
        places = (name, describe(program, fault))
        place = ": ".join(place for place in places if place)
        raise AipuError(fault.message, place=place, remedy=fault.remedy)


def find_fault(program: Program) -> Fault | None:
    """The first thing that is wrong with a program."""
    return next(_faults(program), None)


def _faults(program: Program) -> Iterator[Fault]:
    yield from _token_faults(program)
    yield from _buffer_faults(program.buffers)
    yield from _weight_faults(program)
    buffers = {buffer.name: buffer for buffer in program.buffers}
    symbols = Symbols(defaultdict(int), program.buffer_number)
    scope = Scope(program.tokens, buffers, symbols)
    seen: set[str] = set()
    works: set[str] = set()
    for number, entry in enumerate(program.entries):
        faults = chain(_entry_faults(entry, seen, scope), _work_faults(entry, works))
        for fault in faults:
            yield fault._replace(entry=number)
        seen.add(entry.name)
    yield from network_faults(program)


def _token_faults(program: Program) -> Iterator[Fault]:
    if not is_text(program.target):
        yield Fault("the target's name is not text", part="target")
    count = len(program.tokens)
    if count > MAX_TOKENS:
        yield Fault(
            f"the machine has {MAX_TOKENS} tokens, the program {count}",
            part="tokens",
            word=program.tokens[MAX_TOKENS],
        )
    for number, token in enumerate(program.tokens):
        for fault in name_faults("token", token, program.tokens[:number]):
            yield fault._replace(part="tokens")


def _buffer_faults(buffers: Sequence[Buffer]) -> Iterator[Fault]:
    if len(buffers) > MAX_BUFFERS:
        yield Fault(f"a program has {MAX_BUFFERS} buffers at most", buffer=MAX_BUFFERS)
    seen: set[str] = set()
    for number, buffer in enumerate(buffers):
        for fault in (
            *name_faults("buffer", buffer.name, seen),
            *_size_faults(buffer),
        ):
            yield fault._replace(buffer=number)
        seen.add(buffer.name)


def _size_faults(buffer: Buffer) -> Iterator[Fault]:
    for part, least in (("address", 0), ("bytes", 1), ("slots", 1)):
        number = getattr(buffer, part)
        if not least <= number < ADDRESSES:
            allowed = f"{least} to {ADDRESSES - 1}"
            yield Fault(f"'{part}' must be {allowed}, found {number}", part=part)
    if buffer.end > ADDRESSES:
        yield Fault(
            f"the buffer ends at {buffer.end:#x}, addresses end at {ADDRESSES:#x}"
        )


def _weight_faults(program: Program) -> Iterator[Fault]:
    """The binary holds every byte of the weights' space, so they are to lie dense."""
    end = unused = 0
    weights = [b for b in program.buffers if b.space is Space.WEIGHTS]
    for buffer in sorted(weights, key=lambda buffer: buffer.address):
        number = program.buffer_number[buffer.name]
        unused += buffer.address - end
        if buffer.address < end:
            yield Fault("it overlaps the weights before it", buffer=number)
        if unused > MAX_HOLES:
            yield Fault(
                f"{unused} bytes before these weights are unused, at most "
                f"{MAX_HOLES} may be",
                "put the weights one after another from address 0",
                buffer=number,
            )
        end = buffer.end


def _entry_faults(entry: Entry, seen: set[str], scope: Scope) -> Iterator[Fault]:
    for fault in name_faults("entry", entry.name, seen):
        yield fault._replace(part="name")
    for part, names in (("inputs", entry.inputs), ("outputs", entry.outputs)):
        for number, name in enumerate(names):
            if name not in scope.buffers:
                yield unknown("buffer", name, scope.buffers, part)
            if part == "inputs" and name in names[:number]:
                yield Fault(f"the buffer '{name}' is there twice", part=part, word=name)
    loops: list[tuple[int, Instruction]] = []
    for number, instruction in enumerate(entry.instructions):
        around = [loop for _, loop in loops]
        for fault in instruction_faults(instruction, around, scope):
            yield fault._replace(instruction=number)
        if instruction.mnemonic == "loop":
            loops.append((number, instruction))
        elif instruction.mnemonic == "end" and loops:
            loops.pop()
    for number, loop in loops[-1:]:
        yield Fault(
            f"the loop '{loop.fields['counter']}' is not closed",
            "in the text, '}' closes a loop",
            instruction=number,
        )


def _work_faults(entry: Entry, works: set[str]) -> Iterator[Fault]:
    """Works of one name; adds those of the entry to the `works` seen so far."""
    for number, instruction in enumerate(entry.instructions):
        if instruction.mnemonic in WORKS:
            name = str(instruction.fields["work"])
            for fault in name_faults("work", name, works):
                yield fault._replace(instruction=number, part="work")
            works.add(name)


def describe(program: Program, fault: Fault) -> str:
    """Where a fault is, in words."""
    if fault.in_network and program.network is not None:
        if fault.tensor >= 0:
            return f"tensor '{program.network.tensors[fault.tensor].name}'"
        if fault.segment >= 0:
            return f"segment '{program.network.segments[fault.segment].name}'"
        return "network"
    if fault.buffer >= 0:
        return f"buffer '{program.buffers[fault.buffer].name}'"
    if fault.entry < 0:
        return fault.part
    entry = program.entries[fault.entry]
    words = f"entry '{entry.name}'"
    if fault.instruction < 0:
        return words
    instruction = entry.instructions[fault.instruction]
    words += f", instruction {fault.instruction}, {instruction.mnemonic}"
    return f"{words} of {instruction.source}" if instruction.source else words
