"""A key of a cfg, and the ways to say one in a line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .values import Values


@dataclass(frozen=True)
class Key:
    """A key.

    means: what it says. values: that it may have, `default` where it is left out.
    inert: why it changes nothing here; "" if it does what it says.
    asks: whether a value other than the default asks for something that is not done.
    per_node: whether it takes other values for some nodes, `v & <[Type]:w>`.
    """

    name: str
    means: str
    values: Values
    default: str
    inert: str
    asks: bool
    per_node: bool

    def asks_in_vain(self, value: str) -> bool:
        """Whether a value asks for what is not done here."""
        return self.asks and value.lower() != self.default.lower()


Keys = Mapping[str, Key]
"""By name, in lower case."""


def honoured(
    name: str, means: str, values: Values, default: str = "", *, per_node: bool = False
) -> Key:
    """A key that does what it says."""
    return Key(name, means, values, default, "", False, per_node)


def inert(
    name: str,
    means: str,
    values: Values,
    default: str = "",
    *,
    because: str,
    asks: bool = False,
    per_node: bool = False,
) -> Key:
    """A key that is known and changes nothing."""
    return Key(name, means, values, default, because, asks, per_node)


def keys(*lists: Iterable[Key]) -> Keys:
    """Keys by their names."""
    return {key.name: key for each in lists for key in each}
