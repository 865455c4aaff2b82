"""Command lines with pipes, and filecheck at their end, run in this process."""

import shlex
from itertools import groupby
from pathlib import Path

from filecheck.finput import FInput
from filecheck.matcher import Matcher
from filecheck.options import parse_argv_options
from filecheck.parser import Parser, pattern_for_opts


def commands_of(line: str) -> list[list[str]]:
    """The commands of a line, from pipe to pipe, as lists of words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    parts = groupby(lexer, lambda word: word == "|")
    return [list(part) for is_pipe, part in parts if not is_pipe]


def filecheck(words: list[str], text: str) -> None:
    """Hold a text to the CHECK lines of a file."""
    options = parse_argv_options(words)
    with Path(options.match_filename).open() as checks:
        parser = Parser(options, checks, *pattern_for_opts(options))
        assert Matcher(options, FInput("-", text), parser).run() == 0, text
