"""What runs in tiles: a group of one operator, without any IR."""

from dataclasses import dataclass

from ...machine_forms.stage import Stage


@dataclass(frozen=True)
class Group:
    """A piece of work, of one operator: what it is called, and its stage."""

    name: str
    stage: Stage
