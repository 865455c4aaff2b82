"""What is compared, and what is not: the rules by which pages are read."""

import pytest

from aipu.tests.docs.page import Block, Command, agrees, anchor, blocks, commands, links


def test_the_words_behind_a_fence_say_what_a_block_is() -> None:
    page = "a\n\n```toml my.toml\nx = 1\n```\n\n```console\n$ ls\n```\n"
    assert list(blocks(page)) == [
        Block("toml", "my.toml", "x = 1\n", 3),
        Block("console", "", "$ ls\n", 7),
    ]


def test_a_console_block_is_commands_and_what_comes_back() -> None:
    block = Block("console", "", "$ cd out\n$ ls\na\nb\n", 1)
    assert list(commands(block)) == [Command("cd out", ""), Command("ls", "a\nb\n")]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("a\nb\n", "a\nb\n"),
        ("a\n\n", "a   \n"),
        ("", ""),
        ("a ... c\n", "a b c\n"),
        ("a\n...\nd\n", "a\nb\nc\nd\n"),
        ("a\n...\nb\n", "a\nb\n"),
        ("...\nb\n", "a\nb\n"),
        ("...\n", ""),
    ],
)
def test_texts_that_agree(shown: str, found: str) -> None:
    assert agrees(shown, found)


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("a\n", "b\n"),
        ("a\n", "a\nb\n"),
        ("", "a\n"),
        ("a ... c\n", "a b\nb c\n"),
        ("a\n...\n", "b\na\n"),
        ("a\n  b\n", "a\nb\n"),
        ("1.5\n", "1x5\n"),
    ],
)
def test_texts_that_do_not(shown: str, found: str) -> None:
    assert not agrees(shown, found)


def test_links_in_blocks_are_none() -> None:
    assert links("[a](b.md)\n\n```\n[c](d.md)\n```\n![e](f.png)\n") == ["b.md", "f.png"]


def test_a_heading_has_an_anchor() -> None:
    assert anchor("Lower bounds, in `cycles`") == "lower-bounds-in-cycles"
