"""What it takes to see a failure again, in one file: a reproducer.

It is an archive of the module as it was before the pass that failed, the weights that
it names, the passes of the user's own, the samples, and the command line:

    module.mlir  weights.npz  recipe.json  command.txt  error.txt  my_pass.py  data.npy
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from shlex import join
from shutil import copyfile
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, ZipInfo

import msgspec
from msgspec import Struct
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ...extend.loading import loaded
from ...passes.authoring.context import AipuContext
from ...passes.registry import PASSES
from ...passes.running.observer import Observer
from ...passes.running.options import pass_text
from ...passes.running.pipeline import build_pipeline
from ...passes.running.printing import Locations, module_text
from ...whole_file import whole_file
from ..building.used_weights import used_weights
from ..files import read_file
from .reading import read_only
from .request import Request
from .trial import Trial, same_fault

MODULE, WEIGHTS, RECIPE = "module.mlir", "weights.npz", "recipe.json"
COMMAND, ERROR = "command.txt", "error.txt"


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """What is run on the module of a reproducer; files are named as in it.

    files: those that options of passes name.
    """

    pipeline: str
    files: tuple[str, ...] = ()
    load: tuple[str, ...] = ()
    check_numerics: bool = False
    allow_unregistered_dialect: bool = False
    data: str | None = None
    expect: str = ""
    error: str = ""

    @property
    def command(self) -> str:
        """The command line that does the same in the unpacked folder."""
        words = ["aipu-opt", MODULE, "--weights", WEIGHTS, "-p", self.pipeline]
        words += [word for file in self.load for word in ("--load", file)]
        words += ["--check-numerics"] if self.check_numerics else []
        words += ["--data", self.data] if self.data else []
        words += ["--expect", self.expect] if self.expect else []
        if self.allow_unregistered_dialect:
            words.append("--allow-unregistered-dialect")
        return join(words)

    def request(self, folder: Path) -> Request:
        """What asks `aipu-opt` for the same, of the files in a folder."""
        pipeline = self.pipeline
        for file in self.files:
            pipeline = pipeline.replace(f'"{file}"', f'"{folder / file}"')
        return Request(
            file=str(folder / MODULE),
            weights=folder / WEIGHTS,
            pass_pipeline=(pipeline,),
            load=tuple(folder / file for file in self.load),
            check_numerics=self.check_numerics,
            allow_unregistered_dialect=self.allow_unregistered_dialect,
            data=folder / self.data if self.data else None,
            expect=self.expect or None,
        )


class Case(Struct, frozen=True):
    """A module with what is tried on it, and the request that it came from."""

    module: ModuleOp
    context: AipuContext
    passes: Sequence[ModulePass]
    request: Request

    def unpack(self, folder: Path, error: AipuError) -> Recipe:
        """Write all files of a reproducer into a folder."""
        text = module_text(self.module, Locations.NAMES)
        (folder / MODULE).write_text(text, encoding="utf-8")
        used_weights([self.module], self.context.weights).save(folder / WEIGHTS)
        data = self.request.data
        files: list[str] = []
        recipe = Recipe(
            pipeline=",".join(_told(each, folder, files) for each in self.passes),
            files=tuple(files),
            load=tuple(_copied(file, folder) for file in self.request.load),
            check_numerics=self.request.check_numerics,
            allow_unregistered_dialect=self.request.allow_unregistered_dialect,
            data=_copied(data, folder) if data else None,
            expect=self.request.expect or "",
            error=str(error),
        )
        encoded = msgspec.json.format(msgspec.json.encode(recipe), indent=2)
        (folder / RECIPE).write_bytes(encoded + b"\n")
        (folder / COMMAND).write_text(recipe.command + "\n", encoding="utf-8")
        (folder / ERROR).write_text(f"{error}\n", encoding="utf-8")
        return recipe

    def save(self, file: Path, error: AipuError) -> None:
        """Write a reproducer, whole or not at all.

        Raises:
            AipuError: it cannot be written.
        """
        with TemporaryDirectory() as name, whole_file(file) as beside:
            self.unpack(Path(name), error)
            with ZipFile(beside, "w") as archive:
                for each in sorted(Path(name).iterdir()):
                    archive.writestr(ZipInfo(each.name), each.read_bytes())


class Reproducing(Observer):
    """Writes a reproducer when a pass fails: of that pass alone, if that shows it."""

    def __init__(
        self, request: Request, passes: Sequence[ModulePass], context: AipuContext
    ):
        assert request.reproducer is not None
        self.file = request.reproducer
        self.request = request
        self.passes = passes
        self.context = context
        self.begun = 0

    def begin(self, module: ModuleOp) -> None:
        self.first = module.clone(), self.context.clone()

    def before(self, module_pass: ModulePass, module: ModuleOp) -> None:
        self.last = module.clone(), self.context.clone()
        self.begun += 1

    def failed(
        self, module_pass: ModulePass, module: ModuleOp, error: AipuError
    ) -> None:
        case = Case(*self.last, [module_pass], self.request)
        if not shows(case, error):
            case = Case(*self.first, self.passes[: self.begun], self.request)
        try:
            case.save(self.file, error)
        except AipuError as other:
            sys.stderr.write(f"no reproducer: {other}\n")
        else:
            sys.stderr.write(f"aipu-opt --run-reproducer {self.file} shows it again\n")


def shows(case: Case, error: AipuError) -> bool:
    """Whether the files of a case, read again, fail in the same way."""
    with TemporaryDirectory() as name:
        try:
            request = case.unpack(Path(name), error).request(Path(name))
            with loaded(request.load):
                module, context = read_only(request)
                return same_fault(error, trial_of(request).failure(module, context))
        except AipuError as other:
            return same_fault(error, other)


def trial_of(request: Request) -> Trial:
    """What a request tries on a module.

    Raises:
        AipuError: its pipeline is wrong.
    """
    passes = build_pipeline(request.pipeline, PASSES)
    return Trial(passes, request.check_numerics, request.data, request.expect or "")


@contextmanager
def opened(file: Path) -> Iterator[tuple[Path, Recipe]]:
    """A folder with the files of a reproducer, and the recipe.

    Raises:
        AipuError: it is none.
    """
    read_file(file)
    with TemporaryDirectory() as name:
        try:
            with ZipFile(file) as archive:
                archive.extractall(name)
            data = (Path(name) / RECIPE).read_bytes()
            recipe = msgspec.json.decode(data, type=Recipe)
        except (BadZipFile, OSError, msgspec.DecodeError) as error:
            raise AipuError(
                f"not a reproducer: {error}",
                place=str(file),
                remedy="`aipu-opt --reproducer FILE` writes one when a pass fails",
            ) from error
        yield Path(name), recipe


def replay(request: Request, run: Callable[[Request], Sequence[str]]) -> Sequence[str]:
    """Do what a reproducer says, and whatever else is asked for.

    Raises:
        AipuError: it is no reproducer; or what it shows.
    """
    assert request.run_reproducer is not None
    with opened(request.run_reproducer) as (folder, recipe):
        asked = recipe.request(folder)
        given = {
            field.name: getattr(asked, field.name)
            for field in fields(Request)
            if getattr(asked, field.name) != field.default
        }
        return run(replace(request, run_reproducer=None, **given))


def _told(module_pass: ModulePass, folder: Path, files: list[str]) -> str:
    """A pass as text; the files that its options name are copied, and noted."""
    given: dict[str, object] = {}
    for field in fields(module_pass):
        value = getattr(module_pass, field.name)
        if isinstance(value, str | Path) and value and Path(value).is_file():
            files.append(_copied(Path(value), folder))
            given[field.name] = type(value)(files[-1])
    return pass_text(replace(module_pass, **given))


def _copied(file: Path, folder: Path) -> str:
    """The name under which a file lies in a folder then."""
    target, count = folder / file.name, 1
    while target.exists():
        count += 1
        target = folder / f"{file.stem}_{count}{file.suffix}"
    copyfile(file, target)
    return target.name
