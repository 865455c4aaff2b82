"""What is in a binary: its target, its tensors and entry points, what it needs."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from ...backend_aipu.binary import read_binary, section_contents
from ...backend_aipu.binary.elf import MAGIC
from ...backend_aipu.network import Tensor
from ...backend_aipu.program import Entry, Program
from ...dialects.aipu import Space
from ..files import read_file

IN, OUT = "input", "output"
LAUNCH = "launch"


class BinaryTensor(Struct, frozen=True):
    """What a binary takes or gives: reals are scale * (stored - zero_point).

    to: "input" or "output".
    kind: of an element, as s8.
    """

    name: str
    to: str
    kind: str
    shape: Sequence[int]
    scale: float
    zero_point: int
    bytes: int


class BinaryEntry(Struct, frozen=True):
    """What the host starts: how many launches, and instructions, by their names."""

    name: str
    launches: int
    instructions: int
    inputs: Sequence[str]
    outputs: Sequence[str]


class BinaryFile(Struct, frozen=True):
    """A binary; tensors are empty where it does not say what its network is.

    weight_bytes, map_bytes: of the machine's DRAM, and sram_bytes on chip.
    program_bytes: of instructions and their descriptors.
    """

    file: str
    target: str
    tensors: Sequence[BinaryTensor]
    entries: Sequence[BinaryEntry]
    weight_bytes: int
    map_bytes: int
    program_bytes: int
    sram_bytes: int


def is_binary(path: Path) -> bool:
    """Whether a file is an ELF file, which no model is."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def inspect_binary(path: Path) -> BinaryFile:
    """What is in a binary.

    Raises:
        AipuError: it is none, damaged, or of another version.
    """
    data = read_file(path)
    program, _ = read_binary(data, name=str(path))
    sections = section_contents(data)
    return BinaryFile(
        path.name,
        program.target,
        _tensors(program),
        list(map(_entry, program.entries)),
        program.bytes_in(Space.WEIGHTS),
        program.bytes_in(Space.DRAM),
        sum(len(sections[name]) for name in (".text", ".descriptors")),
        program.bytes_in(Space.SRAM),
    )


def _tensors(program: Program) -> list[BinaryTensor]:
    network = program.network
    if network is None:
        return []
    ends = [(IN, name) for name in network.inputs]
    ends += [(OUT, name) for name in network.outputs]
    return [_tensor(to, network.tensor(name)) for to, name in ends]


def _tensor(to: str, tensor: Tensor) -> BinaryTensor:
    return BinaryTensor(
        tensor.name,
        to,
        tensor.kind,
        tensor.shape,
        tensor.scale,
        tensor.zero_point,
        tensor.bytes,
    )


def _entry(entry: Entry) -> BinaryEntry:
    mnemonics = [each.mnemonic for each in entry.instructions]
    return BinaryEntry(
        entry.name,
        mnemonics.count(LAUNCH),
        len(mnemonics),
        entry.inputs,
        entry.outputs,
    )
