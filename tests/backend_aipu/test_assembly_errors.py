"""Every mistake in a text has its place, what was expected, and the nearest remedy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.errors import AipuError

TEXT = """\
.target r329
.tokens free, full
.buffer input dram at 0x0 bytes 64
.buffer tile sram at 0 bytes 32 slots 2
.entry main inputs input outputs input
launch work=conv1 credits=[free: 2] @conv1
loop row times 4 @conv1 {
  dma.load sram=tile[row] dram=input shape=[1, 4, 4, 4] strides=[64, 16, 4, 1]
    origin=[0, row, 0, 0] box=[1, 1, 4, 4] fill=0
    wait free signal full @conv1
  sync engine=mac wait full signal free
}
"""
LOOP = "loop row times 4 @conv1 {"


def error_of(text: str) -> AipuError:
    with pytest.raises(AipuError) as caught:
        parse_assembly(text, "conv.s")
    return caught.value


def after(written: str, instead: str) -> AipuError:
    """The error after a change of the text."""
    assert written in TEXT
    return error_of(TEXT.replace(written, instead, 1))


def test_the_text_is_right_without_a_change() -> None:
    assert parse_assembly(TEXT, "conv.s").entries


def test_an_error_shows_the_line_with_a_caret() -> None:
    assert str(after("sram=tile", "sram=tyle")) == (
        "conv.s:8:17: unknown buffer 'tyle'\n"
        "      dma.load sram=tyle[row] dram=input shape=[1, 4, 4, 4] "
        "strides=[64, 16, 4, 1]\n"
        "                    ^\n"
        "  did you mean 'tile'?"
    )


@pytest.mark.parametrize(
    ("written", "instead", "place", "message"),
    [
        (".target", "target", "1:1", "expected '.target'"),
        (".target r329", ".target", "1:8", "expected a name, found the end of the"),
        (".buffer", ".bufer", "3:1", "expected '.buffer', '.entry' or '.network'"),
        ("dram at", "at", "3:18", "expected 'at', found '0x0'"),
        ("bytes 64", "size 64", "3:27", "expected 'bytes', found 'size'"),
        ("bytes 64", "bytes many", "3:33", "expected a number, found 'many'"),
        ("dma.load", "dma.load sram", "8:12", "expected a field (name=value), 'wait'"),
        ("fill=0", "fill=", "9:49", "'fill' lacks a value, found the end of the line"),
        ("4, 4] fill", "4, 4 fill", "9:31", "'box' lacks a value, found '['"),
        ("fill=0", "fill=0 $", "9:51", "found '$'"),
        ("fill=0", "fill=0x", "9:50", "found 'x'"),
        ("@conv1", "@", "6:37", "a source (@name) or the end of the line, found '@'"),
        (LOOP, "loop row 4 {", "7:10", "expected 'times', found '4'"),
        (LOOP, LOOP[:-2], "7:24", "expected '{', found the end of the line"),
        (LOOP, f"{LOOP} sync", "7:27", "expected the end of the line, found 'sync'"),
        ("\n  sync", "\nwait full\nsync", "11:1", "the end of the line, found 'wait'"),
        ("work=conv1", '"conv1', "6:8", "found '\"'"),
    ],
)
def test_what_breaks_the_grammar(
    written: str, instead: str, place: str, message: str
) -> None:
    error = after(written, instead)
    assert error.place == f"conv.s:{place}"
    assert message in error.message


@pytest.mark.parametrize(
    ("written", "instead", "place", "message", "remedy"),
    [
        ("dma.load", "dma.lod", "8:3", "unknown instruction 'dma.lod'", "'dma.load'"),
        ("}", "end", "12:1", "unknown instruction 'end'", ""),
        ("fill=0", "fil=0", "9:44", "dma.load has no field 'fil'", "'fill'"),
        ("tile[row]", "tile[raw]", "8:22", "unknown loop counter 'raw'", "'row'"),
        ("inputs input", "inputs imput", "5:20", "unknown buffer 'imput'", "'input'"),
        ("wait free", "wait fre", "10:10", "unknown token 'fre'", "'free'"),
        ("[free: 2]", "[fre: 2]", "6:28", "unknown token 'fre'", "'free'"),
        ("engine=mac", "engine=mak", "11:15", "'engine' cannot be 'mak'", "'mac'"),
        ("dram at", "drum at", "3:15", "unknown space 'drum'", "'dram'"),
    ],
)
def test_unknown_names(
    written: str, instead: str, place: str, message: str, remedy: str
) -> None:
    error = after(written, instead)
    assert (error.place, error.message.splitlines()[0]) == (f"conv.s:{place}", message)
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("written", "instead", "place", "message"),
    [
        ("fill=0", "", "8:3", "dma.load lacks fill"),
        ("fill=0", "fill=0 fill=1", "9:51", "the field 'fill' is given twice"),
        ("fill=0", "fill=128", "9:44", "'fill' must be -128 to 127, found 128"),
        ("fill=0", "fill=" + 5000 * "9", "9:49", "the number has too many digits"),
        ("fill=0", "fill=[0]", "9:49", "'fill' expects a number, found '[0]'"),
        ("4, 4] fill", "4] fill", "9:27", "'box' has 4 entries, found 3"),
        ("4, 4] fill", "4, row] fill", "9:31", "'box' expects numbers in brackets"),
        ("row, 0, 0]", "row, 0]", "9:5", "'origin' has 4 entries, found 3"),
        ("sram=tile[row]", "sram=4", "8:17", "'sram' expects a buffer name"),
        ("sram=tile", "sram=input", "8:17", "'sram' must be in sram, 'input' is in"),
        ("[free: 2]", "[free: 256]", "6:19", "'credits' must be 0 to 255, found 256"),
        ("[free: 2]", "[free: 2, free: 1]", "6:28", "the token is given twice"),
        ("wait full", "wait full, full", "11:24", "the token 'full' is there twice"),
        ("bytes 64", "bytes 0", "3:33", "'bytes' must be 1 to 4294967295, found 0"),
        ("at 0x0", "at 0xffffffff", "3:9", "the buffer ends at 0x10000003f"),
        ("at 0x0", "at -4", "3:23", "'address' must be 0 to 4294967295, found -4"),
        ("tile sram", "input sram", "4:9", "the buffer 'input' is there twice"),
        ("inputs input", "inputs input, input", "5:27", "the buffer 'input' is there"),
        ("}\n", "}\n.entry main\n", "13:8", "the entry 'main' is there twice"),
        ("free, full", "free, free", "2:15", "the token 'free' is there twice"),
        ("work=conv1", r'work="\q"', "6:13", "not a string of JSON"),
        ("@conv1", r'@"\u0000"', "6:37", "the source's name is not text"),
    ],
)
def test_wrong_values(written: str, instead: str, place: str, message: str) -> None:
    error = after(written, instead)
    assert error.place == f"conv.s:{place}"
    assert message in error.message


def test_more_tokens_than_the_machine_has() -> None:
    names = ", ".join(f"t{number}" for number in range(17))
    error = error_of(f".target r329\n.tokens {names}\n")
    assert error.place == "conv.s:2:79"
    assert "the machine has 16 tokens, the program 17" in error.message


@pytest.mark.parametrize(
    ("written", "instead", "place", "message"),
    [
        ("}\n", "", "7:1", "the loop 'row' is not closed"),
        ("}\n", "}\n}\n", "13:1", "a loop ends here, but none is open"),
        ("times 4", "times 0", "7:16", "a loop runs at least once"),
        ("sync", "loop row times 2 {\n}\nsync", "11:8", "a loop around it counts"),
        ("sync", "launch work=a credits=[]\nsync", "11:3", "a launch inside of the"),
    ],
)
def test_wrong_loops(written: str, instead: str, place: str, message: str) -> None:
    error = after(written, instead)
    assert error.place == f"conv.s:{place}"
    assert message in error.message


def test_loops_deeper_than_the_machine_has() -> None:
    loops = "".join(f"loop {name} times 1 {{\n" for name in "abcdef")
    error = error_of(".target r329\n.entry main\n" + loops + 6 * "}\n")
    assert error.place == "conv.s:8:1"
    assert "hardware loops nest 5 deep, 'f' is one more" in error.message


@pytest.mark.parametrize("text", ["", "\n", "; only a comment", "\x7fELF\x02\x01\x00"])
def test_what_is_no_program_at_all(text: str) -> None:
    error = error_of(text)
    assert "expected '.target'" in error.message
    assert error.message.replace("\n", "").isprintable()


def test_a_message_stays_short_in_a_long_line() -> None:
    error = after("fill=0", "fill=" + 5000 * "1, ")
    assert max(map(len, str(error).splitlines())) < 200


@given(
    st.integers(0, len(TEXT)),
    st.integers(0, 12),
    st.text(st.sampled_from(TEXT + '"\\;*:-\0é'), max_size=6),
)
@settings(max_examples=150)
def test_any_other_text_is_read_or_refused(at: int, cut: int, insert: str) -> None:
    try:
        program = parse_assembly(TEXT[:at] + insert + TEXT[at + cut :], "conv.s")
    except AipuError as error:
        assert error.place.startswith("conv.s:")
    else:
        assert parse_assembly(print_assembly(program), "again.s") == program
