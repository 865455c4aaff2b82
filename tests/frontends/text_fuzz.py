"""Damaged texts: words and numbers changed, so that most still read as the format."""

import re
from collections.abc import Callable, Iterator

import numpy as np

NUMBERS = ("0", "-1", "1", "3", "7", "1e30", "99999999", "2147483647", "-2147483648")
Mutation = Callable[[np.random.Generator, list[str]], None]


def number(generator: np.random.Generator, words: list[str]) -> None:
    """A number made another one."""
    places = [i for i, word in enumerate(words) if re.fullmatch(r"-?[\d.]+", word)]
    words[generator.choice(places)] = NUMBERS[generator.integers(len(NUMBERS))]


def swap(generator: np.random.Generator, words: list[str]) -> None:
    """Two words in each other's place."""
    first, second = generator.integers(len(words), size=2)
    words[first], words[second] = words[second], words[first]


def drop(generator: np.random.Generator, words: list[str]) -> None:
    """A word left out."""
    del words[generator.integers(len(words))]


def copy(generator: np.random.Generator, words: list[str]) -> None:
    """A word in the place of another."""
    first, second = generator.integers(len(words), size=2)
    words[first] = words[second]


MUTATIONS: tuple[Mutation, ...] = (number, number, number, swap, drop, copy)


def text_mutants(text: str, count: int, seed: int = 0) -> Iterator[bytes]:
    """Damaged copies of a text; each kind of damage in turn."""
    for place in range(count):
        generator = np.random.default_rng([seed, place])
        # Numbers, words and marks, and the space between them.
        words = re.findall(r"-?\d[\d.]*|\w+|\s+|[^\w\s]", text)
        MUTATIONS[place % len(MUTATIONS)](generator, words)
        yield "".join(words).encode()
