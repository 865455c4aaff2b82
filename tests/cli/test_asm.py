"""`aipu asm` and `aipu disasm`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aipu.backend_aipu.assembly import parse_assembly, print_assembly
from aipu.backend_aipu.binary import read_binary
from aipu.cli.main import main
from aipu.dialects.semantics.weights import WeightStore
from aipu.tests.backend_aipu.programs import weights_of

EXAMPLE = (Path(__file__).parents[2] / "docs" / "example.s").read_text()
PROGRAM = parse_assembly(EXAMPLE, "example.s")


def aipu(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The example and its weights, in a folder."""
    WeightStore(weights_of(PROGRAM)).save(tmp_path / "weights.npz")
    (tmp_path / "conv.s").write_text(EXAMPLE)
    return tmp_path / "conv.s"


def test_text_to_binary_to_text_to_binary(source: Path) -> None:
    first, text, second = (source.with_name(n) for n in ("a.bin", "b.s", "c.bin"))
    weights = source.with_name("weights.npz")
    assert aipu("asm", source, "-o", first, "--weights", weights).exit_code == 0
    assert aipu("disasm", first, "-o", text).exit_code == 0
    assert text.read_text() == print_assembly(PROGRAM)
    assert aipu("asm", text, "-o", second).exit_code == 0, "the weights lie beside"
    assert second.read_bytes() == first.read_bytes()


def test_the_binary_holds_program_and_weights(source: Path) -> None:
    output = source.with_suffix(".bin")
    aipu("asm", source, "-o", output, "--weights", source.with_name("weights.npz"))
    program, weights = read_binary(output.read_bytes())
    assert program == PROGRAM
    assert all((weights[n] == array).all() for n, array in weights_of(PROGRAM).items())


def test_disasm_prints_the_text_only(source: Path) -> None:
    output = source.with_suffix(".bin")
    aipu("asm", source, "-o", output, "--weights", source.with_name("weights.npz"))
    before = sorted(source.parent.iterdir())
    result = aipu("disasm", output)
    assert result.stdout == print_assembly(PROGRAM)
    assert sorted(source.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--weights", "nowhere.npz"], "no such weight file"),
        (["--weights", "conv.s"], "not a weight file"),
        ([], "no weights for the buffer 'conv1.weight' of 4608 bytes"),
    ],
)
def test_missing_weights(source: Path, arguments: list[str], message: str) -> None:
    named = [str(source.with_name(a)) if "." in a else a for a in arguments]
    output = source.with_suffix(".bin")
    result = aipu("asm", source, "-o", output, *named)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not output.exists()


def test_a_mistake_leaves_the_old_binary(source: Path) -> None:
    output = source.with_suffix(".bin")
    output.write_bytes(b"old")
    source.write_text(EXAMPLE.replace("mac.conv", "mac.konv"))
    result = aipu("asm", source, "-o", output)
    assert result.exit_code == 1
    line = EXAMPLE.partition("mac.conv")[0].count("\n") + 1
    assert f"aipu: {source}:{line}:3: unknown instruction 'mac.konv'" in result.stderr
    assert output.read_bytes() == b"old"


def test_the_output_must_be_said(source: Path) -> None:
    result = aipu("asm", source)
    assert result.exit_code == 2
    assert "Missing option '-o'" in result.stderr


def test_a_damaged_binary(source: Path) -> None:
    output = source.with_suffix(".bin")
    aipu("asm", source, "-o", output, "--weights", source.with_name("weights.npz"))
    data = bytearray(output.read_bytes())
    data[-1] ^= 1
    output.write_bytes(data)
    result = aipu("disasm", output, "-o", source.with_name("new.s"))
    assert result.exit_code == 1
    assert f"aipu: {output}: damaged" in result.stderr
    assert not source.with_name("new.s").exists()


def test_the_text_does_not_go_where_the_weights_go(source: Path) -> None:
    result = aipu("disasm", source, "-o", source.with_suffix(".npz"))
    assert result.exit_code == 2
    assert "name a text file" in result.stderr


def test_without_weights_there_is_no_file_of_them(tmp_path: Path) -> None:
    source, output, text = (tmp_path / name for name in ("a.s", "a.bin", "b.s"))
    source.write_text(".target r329\n.entry main\nsync engine=mac\n")
    assert aipu("asm", source, "-o", output).exit_code == 0
    assert aipu("disasm", output, "-o", text).exit_code == 0
    assert not text.with_suffix(".npz").exists()
