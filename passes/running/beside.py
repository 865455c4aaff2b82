"""Where the weights of a text lie."""

from pathlib import Path


def weights_beside(path: Path) -> Path:
    """Where the weights of a module are kept: the same stem, `.npz`."""
    return path.with_suffix(".npz")
