"""What a binary says of the network that its entry points make."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.binary import read_binary, write_binary
from aipu.backend_aipu.binary.elf import write_elf
from aipu.backend_aipu.binary.note import seal
from aipu.backend_aipu.binary.sections import WITHOUT_NETWORK, fill_sections
from aipu.backend_aipu.codegen import to_operation, to_program
from aipu.backend_aipu.network import Network, Segment, Tensor
from aipu.errors import AipuError
from aipu.tests.backend_aipu.programs import weights_of

TEXT = """\
.target r329

.network inputs image, "a mask" outputs scores
.tensor image int8 [1, 4, 4, 16] scale 0.0459256 zero_point -3 layout [0, 2, 3, 1]
.tensor "a mask" bool [256]
.tensor scores int16 [2, 64] scale 1e-05
.segment first inputs image, "a mask" outputs scores

.buffer x dram    at 0x00000000 bytes 256
.buffer m dram    at 0x00000100 bytes 256
.buffer y dram    at 0x00000200 bytes 256

.entry first inputs x, m outputs y
"""
NETWORK = Network(
    ("image", "a mask"),
    ("scores",),
    (
        Tensor("image", "int8", (1, 4, 4, 16), 0.0459256, -3, (0, 2, 3, 1)),
        Tensor("a mask", "bool", (256,)),
        Tensor("scores", "int16", (2, 64), 1e-5),
    ),
    (Segment("first", ("image", "a mask"), ("scores",)),),
)
PROGRAM = parse_assembly(TEXT, "first.s")


def test_a_text_says_the_network() -> None:
    assert PROGRAM.network == NETWORK
    assert print_assembly(replace(PROGRAM, network=NETWORK)).startswith(TEXT[:250])


def test_a_binary_says_it() -> None:
    assert read_binary(write_binary(PROGRAM, {}))[0].network == NETWORK


def test_the_dialect_says_it() -> None:
    op = to_operation(PROGRAM)
    assert to_program(op) == PROGRAM
    line = 'aipu.tensor "image" layout [0, 2, 3, 1] : tensor<1x4x4x16x!quant.uniform'
    assert line in str(op)


def test_a_binary_of_the_version_before_has_none() -> None:
    old = replace(PROGRAM, network=None)
    data = seal(write_elf(fill_sections(old, weights_of(old), WITHOUT_NETWORK)))
    assert read_binary(data)[0] == old
    assert data[84] == WITHOUT_NETWORK


WRONG: Mapping[tuple[str, str], tuple[str, str]] = {
    ("inputs image,", "inputs imagi,"): ("3:17", "unknown tensor 'imagi'"),
    ("tensor scores", "tensor image"): ("6:9", "the tensor 'image' is there twice"),
    ("int8 [1", "int9 [1"): ("4:15", "unknown kind of elements 'int9'"),
    ("4, 16]", "4, 15]"): ("7:23", "'image' takes 240 bytes, its buffer 'x' 256"),
    ("[1, 4, 4", "[0, 4, 4"): ("4:20", "the extents must be 1 to 4294967295"),
    ("zero_point -3", "zero_point -300"): ("4:61", "must be -128 to 127, found -300"),
    ("bool [256]", "bool [256] scale 0.5"): ("5:35", "bool has no scale"),
    ("layout [0, 2, 3, 1]", "layout [0, 2, 3]"): ("4:71", "the axes 0 to 3 in some"),
    ("layout [0, 2, 3, 1]", "layout [0, 2, 3, 3]"): ("4:71", "the axes 0 to 3 in"),
    ("scale 1e-05", "scale 1e999"): ("6:36", "the scale must be positive, found inf"),
    (".segment first", ".segment second"): ("1:9", "'first' is no segment of the"),
    ('inputs image, "a mask" outputs scores\n\n', "outputs scores\n\n"): (
        "7:10",
        "the entry has 2 inputs, the segment 0",
    ),
    ('image, "a mask" outputs scores\n.t', "image outputs scores\n.t"): (
        "7:30",
        "nothing makes the tensor 'a mask' before",
    ),
}


@pytest.mark.parametrize(("written", "instead"), WRONG)
def test_what_is_wrong_is_said_with_its_place(written: str, instead: str) -> None:
    assert written in TEXT
    place, message = WRONG[written, instead]
    with pytest.raises(AipuError) as caught:
        parse_assembly(TEXT.replace(written, instead, 1), "first.s")
    assert message in caught.value.message
    assert caught.value.place == f"first.s:{place}"
