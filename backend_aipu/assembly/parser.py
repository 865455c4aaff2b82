"""Text to a program: what the words of its statements mean."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn, TypeVar

from lark import Token

from ...dialects.aipu import Space
from ...dialects.aipu.index import MAX_DEPTH
from ...errors import nearest
from ..faults import Fault
from ..isa import BY_MNEMONIC, InstructionSpec
from ..network import KINDS, Network, Segment, Tensor
from ..program import Buffer, Entry, Instruction, Program, Value
from ..validate import find_fault
from .grammar import (
    BufferStatement,
    EntryStatement,
    Line,
    NetworkStatement,
    SegmentStatement,
    TensorStatement,
    pattern,
    read_statements,
)
from .source import SourceText
from .values import (
    MisreadError,
    Visible,
    quoted,
    read_names,
    read_number,
    read_value,
    unquoted,
)

T = TypeVar("T")

WRITTEN_AS_BRACES = {"loop", "end"}


def parse_assembly(text: str, name: str) -> Program:
    """The program of a text, which is from the file `name`.

    Raises:
        AipuError: says in which line and column the text is wrong, and why.
    """
    return _Assembler(SourceText(text, name)).program()


class _Assembler:
    """The statements of one text, and the program that they make."""

    def __init__(self, source: SourceText):
        self.source = source
        self.statements = read_statements(source)
        self.tokens = [self._name(token) for token in self.statements.tokens]

    def program(self) -> Program:
        program = Program(
            self._name(self.statements.target),
            tuple(self.tokens),
            tuple(map(self._buffer, self.statements.buffers)),
            tuple(map(self._entry, self.statements.entries)),
            self._network(self.statements.network),
        )
        fault = find_fault(program)
        if fault is not None:
            self._refuse_fault(fault)
        return program

    def _buffer(self, buffer: BufferStatement) -> Buffer:
        if buffer.space not in list(Space):
            remedy = nearest(buffer.space, Space)
            self._refuse(buffer.space, f"unknown space '{buffer.space}'", remedy)
        return Buffer(
            self._name(buffer.name),
            Space(buffer.space),
            self._number(buffer.address),
            self._number(buffer.bytes),
            self._number(buffer.slots) if buffer.slots else 1,
        )

    def _network(self, network: NetworkStatement | None) -> Network | None:
        if network is None:
            return None
        return Network(
            self._names(network.inputs),
            self._names(network.outputs),
            tuple(map(self._tensor, network.tensors)),
            tuple(map(self._segment, network.segments)),
        )

    def _tensor(self, tensor: TensorStatement) -> Tensor:
        if tensor.kind not in KINDS:
            remedy = nearest(tensor.kind, KINDS)
            message = f"unknown kind of elements '{tensor.kind}'"
            self._refuse(tensor.kind, message, remedy)
        return Tensor(
            self._name(tensor.name),
            str(tensor.kind),
            self._numbers(tensor.shape),
            float(tensor.scale) if tensor.scale else 0.0,
            self._number(tensor.zero_point) if tensor.zero_point else 0,
            self._numbers(tensor.layout) if tensor.layout else (),
        )

    def _segment(self, segment: SegmentStatement) -> Segment:
        return Segment(
            self._name(segment.name),
            self._names(segment.inputs),
            self._names(segment.outputs),
        )

    def _entry(self, entry: EntryStatement) -> Entry:
        return Entry(
            self._name(entry.name),
            self._names(entry.inputs),
            self._names(entry.outputs),
            tuple(self._instructions(entry.lines)),
        )

    def _instructions(self, lines: Sequence[Line]) -> Iterator[Instruction]:
        loops: list[Instruction] = []
        for line in lines:
            if line[0].type == "LOOP":
                loops.append(self._loop(line))
                yield loops[-1]
            elif line[0].type == "END":
                yield Instruction("end", source=loops.pop().source if loops else "")
            else:
                around = loops[: MAX_DEPTH + 1]  # more are a fault of the program
                counters = [str(loop.fields["counter"]) for loop in around]
                yield self._instruction(line, Visible(self.tokens, counters))

    def _loop(self, line: Line) -> Instruction:
        _, counter, count, *_ = line
        fields = {"counter": self._name(counter), "count": self._number(count)}
        return Instruction("loop", fields, source=self._source(line))

    def _instruction(self, line: Line, visible: Visible) -> Instruction:
        mnemonic, *words = line
        if mnemonic not in BY_MNEMONIC.keys() - WRITTEN_AS_BRACES:
            remedy = nearest(mnemonic, BY_MNEMONIC.keys() - WRITTEN_AS_BRACES)
            self._refuse(mnemonic, f"unknown instruction '{mnemonic}'", remedy)
        return Instruction(
            str(mnemonic),
            self._fields(BY_MNEMONIC[mnemonic], words, visible),
            self._token_names(words, "WAIT"),
            self._token_names(words, "SIGNAL"),
            self._source(words),
        )

    def _fields(
        self, spec: InstructionSpec, words: Sequence[Token], visible: Visible
    ) -> Mapping[str, Value]:
        fields = {field.name: field for field in spec.fields}
        values: dict[str, Value] = {}
        for word in words:
            if word.type != "FIELD":
                continue
            name, _, text = word.partition("=")
            name = name.rstrip()
            if name not in fields:
                remedy = nearest(name, fields)
                self._refuse(word, f"{spec.mnemonic} has no field '{name}'", remedy)
            if name in values:
                self._refuse(word, f"the field '{name}' is given twice")
            try:
                values[name] = read_value(fields[name], text.lstrip(), visible)
            except MisreadError as error:
                self._refuse(word, error.message, error.remedy, error.word)
        return {**spec.defaults, **values}

    def _token_names(self, words: Sequence[Token], type: str) -> tuple[str, ...]:
        """The tokens of `wait` or `signal`, in the order of the program's."""
        for word in words:
            if word.type == type:
                names = self._read(word, read_names)
                return tuple(sorted(names, key=self._token_number))
        return ()

    def _token_number(self, name: str) -> int:
        return self.tokens.index(name) if name in self.tokens else len(self.tokens)

    def _source(self, words: Sequence[Token]) -> str:
        for word in words:
            if word.type == "SOURCE":
                return self._read(word, lambda text: unquoted(text[1:]))
        return ""

    def _name(self, word: Token) -> str:
        return self._read(word, unquoted)

    def _names(self, words: Sequence[Token]) -> tuple[str, ...]:
        return tuple(map(self._name, words))

    def _numbers(self, word: Token) -> tuple[int, ...]:
        found = pattern("NUMBER").findall(word)
        return self._read(word, lambda _: tuple(map(read_number, found)))

    def _number(self, word: Token) -> int:
        return self._read(word, read_number)

    def _read(self, word: Token, read: Callable[[str], T]) -> T:
        try:
            return read(word)
        except MisreadError as error:
            self._refuse(word, error.message, error.remedy, error.word)

    def _refuse(
        self, word: Token, message: str, remedy: str = "", part: str = ""
    ) -> NoReturn:
        """Say what is wrong with a word, or with a part of it."""
        found = re.compile(rf"(?<![\w.]){re.escape(part)}(?![\w.])").search(word)
        offset = found.start() if part and found else 0
        raise self.source.error((word.start_pos or 0) + offset, message, remedy)

    def _refuse_fault(self, fault: Fault) -> NoReturn:
        """Say what is wrong with the program, where the text says so."""
        part = quoted(fault.word) if fault.word else ""
        self._refuse(self._word_of(fault), fault.message, fault.remedy, part)

    def _word_of(self, fault: Fault) -> Token:
        statements = self.statements
        if fault.in_network and statements.network is not None:
            return self._word_of_network(statements.network, fault)
        if fault.buffer >= 0:
            buffer = statements.buffers[fault.buffer]
            return getattr(buffer, fault.part, None) or buffer.name
        if fault.entry < 0:
            return self._last(statements.tokens, fault.word) or statements.target
        entry = statements.entries[fault.entry]
        if fault.instruction >= 0:
            return _word_in(entry.lines[fault.instruction], fault.part)
        names = {"inputs": entry.inputs, "outputs": entry.outputs}
        return self._last(names.get(fault.part, ()), fault.word) or entry.name

    def _word_of_network(self, network: NetworkStatement, fault: Fault) -> Token:
        if fault.tensor >= 0:
            tensor = network.tensors[fault.tensor]
            return getattr(tensor, fault.part, None) or tensor.name
        if fault.segment >= 0:
            segment = network.segments[fault.segment]
            names = {"inputs": segment.inputs, "outputs": segment.outputs}
            return self._last(names.get(fault.part, ()), fault.word) or segment.name
        names = {"inputs": network.inputs, "outputs": network.outputs}
        word = self._last(names.get(fault.part, ()), fault.word)
        return word or self.statements.target

    def _last(self, words: Sequence[Token], name: str) -> Token | None:
        """The last of the words that is a name."""
        named = [word for word in words if self._name(word) == name]
        return named[-1] if named else None


def _word_in(line: Line, part: str) -> Token:
    """The word of a line that says a part of the instruction, or the first one."""
    if line[0].type == "LOOP" and part in ("counter", "count"):
        return line[1 if part == "counter" else 2]
    for word in line:
        if word.type == part.upper() or re.match(rf"{re.escape(part)}\s*=", word):
            return word
    return line[0]
