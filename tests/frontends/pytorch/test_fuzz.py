"""Damaged files: an answer in time for each, and never a traceback."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from aipu.frontends.pytorch.importer import import_pytorch
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.pytorch.exporting import exported, saved, torch
from aipu.tests.frontends.text_fuzz import text_mutants

nn = torch.nn

PARTS = ("models/model.json", "data/weights/model_weights_config.json")


class Small(nn.Module):
    """Some operators of each kind."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.lstm = nn.LSTM(4, 2)
        self.register_buffer("table", torch.randn(6, 4))

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.norm(self.conv(x))), 2)
        x = torch.cat([x, x.expand(2, -1, -1, -1)[:1].mean((2, 3), True) + x], 0)
        rows = x.flatten(2).permute(2, 0, 1) + self.table[torch.arange(2, 4)]
        first, second = self.lstm(rows)[0].chunk(2, 1)
        return torch.softmax(first * 2 - second, -1).view(-1, 2)


@pytest.fixture(scope="module")
def content() -> bytes:
    return saved(exported(Small(), [torch.randn(1, 2, 4, 4)]))


def damaged(content: bytes, count: int) -> Iterator[bytes]:
    """Damaged files, and whole ones of damaged texts, whose checksums are right."""
    share = count // 4
    yield from mutants(content, share)
    for part, number in zip(PARTS, (count - 2 * share, share), strict=True):
        text = _part(content, part).decode()
        for mutant in text_mutants(text, number):
            yield _with_part(content, part, mutant)


def _part(content: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(_member(archive, name))


def _with_part(content: bytes, name: str, data: bytes) -> bytes:
    result = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(result, "w") as new:
        for member in old.namelist():
            damaged = member == _member(old, name)
            new.writestr(member, data if damaged else old.read(member))
    return result.getvalue()


def _member(archive: ZipFile, name: str) -> str:
    return next(member for member in archive.namelist() if member.endswith(name))


def build(path: Path) -> None:
    build_if_small(path, Options())


def test_the_file_is_sound(content: bytes, tmp_path: Path) -> None:
    again = _with_part(content, PARTS[0], _part(content, PARTS[0]))
    for file in (content, again):
        assert survives(import_pytorch, file, tmp_path / "model.pt2")


@pytest.mark.parametrize(
    "count", [60, pytest.param(500, marks=pytest.mark.long)], ids=str
)
def test_damaged_files(content: bytes, tmp_path: Path, count: int) -> None:
    path = tmp_path / "model.pt2"
    taken, files = count_taken(import_pytorch, build, damaged(content, count), path)
    assert 0 < taken < files == count
