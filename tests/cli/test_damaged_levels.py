"""A network at each of its levels, as a text that somebody damaged.

What is taken is read back as it was written, and means one thing: what it is lowered to
gives the same bytes. All else is one message, with the line where it is wrong.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from aipu.cli.aipu_opt import main
from aipu.tests.small_model import save, small_model

LEVELS = {
    "float": "import",
    "quantised": "quantise",
    "tile": "schedule{strategy=greedy}",
    "aipu": "lower",
}
"""Each made from the one before it."""

BELOW = {
    "float": "import,quantise,schedule,lower",
    "quantised": "schedule,lower",
    "tile": "lower",
    "aipu": "canonicalise",
}
MUTANTS = 12
WORD = re.compile(r"%[\w.]+|@\w+|\w+(?:\.\w+)*|\"[^\"]*\"|\s+|[^\w\s]")
NUMBERS = ("0", "1", "2", "7", "256", "65536", "4294967296", "99999999999")


def run(*arguments: object, text: str = "") -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], input=text)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code in (0, 1)
    assert result.exit_code == 0 or result.stderr.count("aipu-opt: ") == 1
    assert "failed: " not in result.stderr
    return result


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("levels")
    before = save(small_model((1, 3, 8, 8)), folder / "small.onnx")
    files: dict[str, Path] = {}
    for level, pipeline in LEVELS.items():
        files[level] = folder / f"{level}.mlir"
        assert run(before, "-p", pipeline, "-o", files[level]).exit_code == 0
        before = files[level]
    return files


def mutant(text: str, random: Random) -> str:
    """The text with a word, a number, a line or an entry of a list wrong."""
    words = WORD.findall(text)
    places = [place for place, word in enumerate(words) if not word.isspace()]
    at = random.choice(places)
    match random.choice(("number", "drop", "double", "other", "line", "list")):
        case "number":
            at = random.choice([n for n in places if words[n].isdecimal()])
            near = str(int(words[at]) + random.choice((-1, 1)))
            words[at] = random.choice((*NUMBERS, near))
        case "drop":
            words[at] = ""
        case "double":
            words[at] += f" {words[at]}"
        case "other":
            words[at] = words[random.choice(places)]
        case "line":
            lines = text.split("\n")
            lines[random.randrange(len(lines))] = random.choice(lines)
            return "\n".join(lines)
        case _:
            found = random.choice(list(re.finditer(r"\[[^][]*,[^][]*\]", text)))
            entries = found[0][1:-1].split(", ")
            entries[random.randrange(len(entries))] += random.choice(("", ", 1"))
            entries = entries[random.randrange(2) :]
            return f"{text[: found.start()]}[{', '.join(entries)}]{text[found.end() :]}"
    return "".join(words)


@pytest.mark.parametrize("seed", range(MUTANTS))
@pytest.mark.parametrize("level", LEVELS)
def test_what_is_taken_means_one_thing(
    levels: Mapping[str, Path], level: str, seed: int
) -> None:
    file = levels[level]
    weights = ("--weights", file.with_suffix(".npz"))
    text = mutant(file.read_text(), Random(f"{level} {seed}"))
    read = run("-", *weights, "--print-debuginfo", text=text)
    if read.exit_code:
        assert "aipu-opt: <stdin>:" in read.stderr
        return
    assert run("-", *weights, "--print-debuginfo", text=read.stdout).stdout == (
        read.stdout
    )
    lowered = run("-", *weights, "-p", BELOW[level], "--check-numerics", text=text)
    assert "is declared" not in lowered.stderr
    assert "left a module" not in lowered.stderr
