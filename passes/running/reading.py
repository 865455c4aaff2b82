"""Reading a module from text; whatever is wrong with it is said with its place."""

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from xdsl.context import Context
from xdsl.dialects.builtin import (
    UNKNOWN_LOC,
    FileLineColLoc,
    IntAttr,
    ModuleOp,
    StringAttr,
)
from xdsl.ir import AttributeInvT, Operation, SSAValue, TypeAttribute
from xdsl.parser import Parser, ParserState, UnresolvedOperand
from xdsl.utils.exceptions import ParseError, VerifyException
from xdsl.utils.lexer import Input
from xdsl.utils.mlir_lexer import MLIRLexer, MLIRTokenKind, StringLiteral

from ...errors import AipuError, nearest
from .faults import Guarded
from .verification import Fault, first_fault

Rule = Callable[[ModuleOp], Fault | None]
"""Gives the first thing in a module that breaks it, if anything does."""


def read_module(
    text: str,
    name: str,
    ctx: Context,
    *,
    lines_only: bool = False,
    rules: Sequence[Rule] = (),
) -> ModuleOp:
    """The module that `text` says, verified.

    Args:
        text: MLIR text; the enclosing `builtin.module` may be left out.
        name: of the file, for the locations of operations and of errors.
        ctx: what it may be written in.
        lines_only: locate every operation by its line, even one that names its node.
        rules: what else it must fulfil, tried in order once it is valid.

    Raises:
        AipuError: the text is wrong; it shows the line, with a caret.
    """
    parser = LocatingParser(ctx, text, name, lines_only=lines_only)
    with Guarded("reading the module", parser.place):
        module = parser.parse_module()
        for rule in (first_fault, *rules):
            fault = rule(module)
            if fault is not None:
                raise parser.error_of(fault)
        return module


SEPARATOR = re.compile(r"^// -----.*$", re.MULTILINE)


def split_input(text: str) -> list[str]:
    """The parts of a text between lines `// -----`, every line where it was.

    What lies before a part is left out as empty lines, so that places stay true.
    """
    parts: list[str] = []
    start = 0
    for end in [*(match.start() for match in SEPARATOR.finditer(text)), len(text)]:
        parts.append("\n" * text.count("\n", 0, start) + text[start:end])
        start = end
    return parts


OPERATION = re.compile(r'(?:%[^=]*=\s*)?"?([\w$.]+)')
"""The results of an operation, if any, and its name."""


LAYOUTS = {2 + 4: ">e", 2 + 8: ">f", 2 + 16: ">d"}
"""How the bits of reals are read, by the length of their text, as `0x7c00`."""


class SteadyLexer(MLIRLexer):
    """A lexer that also comes to the end of a string that is not closed.

    With the expression of xDSL the time doubles with every character of the string.
    """

    _unescaped_characters_regex = re.compile(
        r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"'
    )


class LocatingParser(Parser):
    """A parser that gives every operation, and every error, the place it was read."""

    def __init__(self, ctx: Context, text: str, name: str, *, lines_only: bool = False):
        self.text = text
        self.name = name
        self.lines_only = lines_only
        self.line_starts = [0, *(line.end() for line in re.finditer("\n", text))]
        self.spans: dict[Operation, tuple[int, int]] = {}
        self.first_uses: dict[str, tuple[UnresolvedOperand, Mapping[str, object]]] = {}
        super().__init__(ctx, "", name)

    def parse_module(self, allow_implicit_module: bool = True) -> ModuleOp:
        try:
            self._parser_state = ParserState(SteadyLexer(Input(self.text, self.name)))
            return super().parse_module(allow_implicit_module)
        except ParseError as error:
            self._reject_undefined_values()
            raise self.error_at(error.span.start, error.span.end, error.msg) from None

    def parse_operation(self) -> Operation:
        named = OPERATION.match(self.text, self.pos)
        span = named.span(1) if named else (self.pos, self.pos)
        try:
            op = super().parse_operation()
        except VerifyException as error:
            raise self.error_at(*span, str(error)) from None
        self.spans[op] = span
        if self.lines_only or op.location == UNKNOWN_LOC:
            line, column = self.line_and_column(span[0])
            op.location = FileLineColLoc(
                StringAttr(self.name), IntAttr(line), IntAttr(column)
            )
        return op

    def parse_optional_type(self) -> TypeAttribute | None:
        start = self.pos
        try:
            return super().parse_optional_type()
        except VerifyException as error:
            raise self.error_at(start, self.pos, str(error)) from None

    def parse_optional_str_literal(self) -> str | None:
        """A string; xDSL takes one with characters beyond ASCII for mere bytes."""
        token = self._current_token
        if token.kind is not MLIRTokenKind.BYTES_LIT:
            return super().parse_optional_str_literal()
        try:
            text = StringLiteral.from_span(token.span).string_contents
        except UnicodeDecodeError:
            return None
        self._consume_token()
        return text

    def parse_optional_float(self, *, allow_negative: bool = True) -> float | None:
        """A real, or its bits in hexadecimal.

        So xDSL prints infinities and large whole numbers, and does not read them.
        """
        token = self._current_token
        layout = LAYOUTS.get(len(token.text)) if token.text.startswith("0x") else None
        if token.kind is not MLIRTokenKind.INTEGER_LIT or layout is None:
            return super().parse_optional_float(allow_negative=allow_negative)
        self._consume_token()
        (value,) = struct.unpack(layout, bytes.fromhex(token.text[2:]))
        return value

    def resolve_operand(
        self, operand: UnresolvedOperand, type: AttributeInvT
    ) -> SSAValue[AttributeInvT]:
        if operand.operand_name not in self.ssa_values:
            use = (operand, self.ssa_values)
            self.first_uses.setdefault(operand.operand_name, use)
        return super().resolve_operand(operand, type)

    def _get_op_by_name(self, name: str) -> type[Operation]:
        operation = self.ctx.get_optional_op(
            name, dialect_stack=self._parser_state.dialect_stack
        )
        if operation is not None:
            return operation
        end = self.text.rfind(name, 0, self.pos) + len(name)
        known = [loaded.name for loaded in self.ctx.loaded_ops]
        raise self.error_at(
            end - len(name), end, f"unknown operation '{name}'", nearest(name, known)
        )

    def _reject_undefined_values(self) -> None:
        """At the end of the text, a value still awaited was never defined."""
        if self.pos < len(self.text.rstrip()) or not self.forward_ssa_references:
            return
        name = next(iter(self.forward_ssa_references))
        operand, known = self.first_uses[name]
        raise self.error_at(
            operand.span.start,
            operand.span.end,
            f"%{name} is not defined",
            nearest(name, known) if known else "",
        )

    def error_of(self, fault: Fault) -> AipuError:
        """An error about an operation, or about a word of its line."""
        start, end = self.spans.get(fault.op, (0, 0))
        line_end = self.text.find("\n", start)
        word = re.compile(rf"(?<![\w.]){re.escape(fault.word)}(?![\w.])")
        found = word.search(
            self.text, end, line_end if line_end >= 0 else len(self.text)
        )
        if fault.word and found:
            start, end = found.span()
        return self.error_at(start, end, fault.message, fault.remedy)

    def error_at(
        self, start: int, end: int, message: str, remedy: str = ""
    ) -> AipuError:
        """An error about `text[start:end]`: its place, its line, and carets below."""
        line, column = self.line_and_column(start)
        shown = self.text[self.line_starts[line - 1] :].split("\n", 1)[0]
        width = min(len(self.text[start:end].rstrip()), len(shown) - column + 1)
        carets = " " * (column - 1) + "^" * max(width, 1)
        return AipuError(
            f"{' '.join(message.split())}\n  {shown}\n  {carets}",
            place=f"{self.name}:{line}:{column}",
            remedy=remedy,
        )

    def place(self) -> str:
        """Where in the text the parser is."""
        line, column = self.line_and_column(self.pos)
        return f"{self.name}:{line}:{column}"

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset into the text, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1
