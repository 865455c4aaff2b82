"""Names that a list of the IR can hold, each once."""

import re

SPECIAL = re.compile(r"[\[\],\s]+")


class Names:
    """Hands out names that nobody has yet."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def new(self, wanted: str) -> str:
        """`wanted`, or nearly so."""
        plain = SPECIAL.sub("_", wanted).strip("_") or "layer"
        name, count = plain, 1
        while name in self.taken:
            count += 1
            name = f"{plain}_{count}"
        self.taken.add(name)
        return name
