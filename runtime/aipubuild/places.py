"""What a build reads and where it writes: there, made, or refused before any work."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from ...errors import AipuError
from ..building.package import BINARY, PACKAGE_FOLDER
from .settings import Settings


def package_folder(wanted: Settings) -> Path:
    """The folder of the package."""
    return wanted.output_dir / f"{wanted.name}.package"


def binary_file(wanted: Settings) -> Path:
    """The binary: what `outputs` of a build calls it."""
    if wanted.mode == "build" and wanted.outputs:
        return wanted.outputs[0]
    return wanted.output_dir / BINARY


def ir_names(wanted: Settings) -> tuple[str, str]:
    """What the files of the float and of the quantised IR are called.

    Another name than the cfg gives where that is the name of a file that it reads, or
    of an output.
    """
    taken = {*map(Path.resolve, wanted.reads), *map(Path.resolve, wanted.outputs)}

    def free(name: str, end: str) -> str:
        files = {(wanted.output_dir / f"{name}{s}").resolve() for s in (".txt", ".bin")}
        return name if files.isdisjoint(taken) else free(f"{name}_{end}", end)

    return free(wanted.name, "float"), free(wanted.quantised_name, "ir")


def make_ready(wanted: Settings) -> None:
    """Make all folders of a build.

    Raises:
        AipuError: a file is not there, or cannot be written where the cfg wants it; the
            error has the line that says so.
    """
    for place, file in wanted.needed.items():
        if not file.exists() and not (wanted.random_weights and file == wanted.weights):
            raise AipuError(
                f"there is no file {file}",
                place=place,
                remedy="paths are relative to the cfg",
            )
    files: Mapping[Path, str] = {
        wanted.output_dir / BINARY: "output_dir",
        **{wanted.output_dir / f"{n}.txt": "model_name" for n in ir_names(wanted)},
        **dict.fromkeys(wanted.outputs, "outputs"),
        **({wanted.log_file: "log_file"} if wanted.log_file else {}),
    }
    reads = set(map(Path.resolve, wanted.reads))
    for file, key in files.items():
        try:
            if file.resolve() in reads:
                raise AipuError("the build reads it")
            _make_ready(file)
        except (AipuError, OSError) as error:
            reason = error.message if isinstance(error, AipuError) else error.strerror
            raise AipuError(
                f"cannot write {file}: {reason}", place=wanted.places.get(key, "")
            ) from None
    PACKAGE_FOLDER.check(package_folder(wanted))


def _make_ready(file: Path) -> None:
    """Make the folder of a file, which must be one that can be written there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_dir():
        raise AipuError("it is a folder")
    Path(mkdtemp(prefix=".aipu-", dir=file.parent)).rmdir()
