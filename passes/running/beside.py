"""Where the weights of a text lie."""

from pathlib import Path


def weights_beside(path: Path) -> Path:
    """Where the weights of a module are kept: the same stem, `.npz`."""
    return path.with_suffix(".npz")


def weights_of_text(path: Path) -> Path:
    """The weights of a text: beside it, or else of the package that it lies in."""
    beside = weights_beside(path)
    if not beside.is_file():
        for folder in (path.parent, path.parent.parent):
            kept = folder / "weights.npz"
            if (folder / "package.json").is_file() and kept.is_file():
                return kept
    return beside
