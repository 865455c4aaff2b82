"""The house as the code says it: who imports whom, how long files are, what is named.

Every import is read from the text of a module, also those that wait inside of a
function; one under `TYPE_CHECKING` reads no module, and makes no circle.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

import aipu
from aipu.passes.registry import PASSES

ROOT = Path(aipu.__file__).parent

FLOORS = (
    {"cli"},
    {"runtime"},
    {"extend"},
    {"passes", "frontends"},
    {"backend_aipu"},
    {"dialects"},
    {"extensions"},
    {"errors", "pipes", "whole_file", "work_folder", "examples"},
)
"""Whoever stands on one imports from the floors below it, or beside it."""

RUNTIME = (
    {"files", "accuracy", "answers"},
    {"array_files", "manifest", "simulator"},
    {"figures", "preprocessing"},
    {"building"},
    {"benchmarking", "device", "exploring", "inspecting", "optimising"},
    {"report"},
    {"aipubuild"},
)
"""The floors of the runtime: nobody on one knows of the others on it."""

SCHEDULING = (
    {"tiled"},
    {"striped"},
    {"network"},
    {"bounds", "schedules"},
    {"strategies"},
    {"assign_schedules", "group_operators", "sink_slices"},
)
"""The floors of scheduling; what is listed on none stands on the ground."""

FORMATS = ("caffe", "ncnn", "onnx", "pytorch", "tensorflow", "tflite", "zhouyi_ir")

FRONTENDS = (
    {"vocabulary"},
    {"node"},
    {"by_inputs", "elementwise"},
    {"layers"},
    {*FORMATS},
    {"formats"},
)
"""The floors of the frontends: no format knows of another."""

BACKEND = ({"validate"}, {"assembly", "binary"})

STRIPED = ({"alike"}, {"buffers"}, {"program"}, {"cost"})


def on_floors(*floors: set[str]) -> Mapping[str, set[str]]:
    """What each room imports: of all the floors below its own."""
    return {
        room: set[str]().union(*floors[:number])
        for number, rooms in enumerate(floors)
        for room in rooms
    }


ROOMS: Mapping[str, Mapping[str, set[str]]] = {
    "backend_aipu": on_floors(*BACKEND),
    "frontends": on_floors(*FRONTENDS),
    "passes": {
        "authoring": set(),
        "machine_forms": {"authoring"},
        "importing": {"authoring"},
        "scheduling": {"machine_forms", "authoring"},
        "quantising": {"scheduling", "machine_forms", "authoring"},
        "lowering": {"scheduling", "machine_forms", "authoring"},
        "running": {"registry", "pipelines", "authoring"},
        "registry": set(),
        "pipelines": set(),
    },
    "passes.scheduling": on_floors(*SCHEDULING),
    "passes.scheduling.striped": on_floors(*STRIPED),
    "runtime": on_floors(*RUNTIME),
}
"""What each room of a folder imports of the others beside it."""

FRONT_DOORS = {"", "backend", "libaipudrv", "universe"}
"""The package itself, and what it shows of a room: they read from any floor."""

LONGEST = 400
USUAL = 100


@dataclass
class Module:
    """What stands in a file: its names, and what it takes from other modules."""

    name: str
    lines: int
    names: dict[str, bool] = field(default_factory=dict)
    """Public classes (true), functions and constants of its own."""
    imported: set[tuple[str, str]] = field(default_factory=set)
    """Modules, with the name that is taken from each; none for the module itself."""
    typed: set[str] = field(default_factory=set)
    """Modules that are imported for their types alone."""


@cache
def modules() -> Mapping[str, Module]:
    """Every module of the package: its examples are networks alone."""
    left_out = {"tests", "docs", "benchmarks", "demo", "build"}
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in ROOT.rglob("*.py")
        if not path.relative_to(ROOT).parts[0].startswith(".")
        and path.relative_to(ROOT).parts[0] not in left_out
        and path.parent != ROOT / "examples"
    }
    known = {
        name.removesuffix("__init__").removesuffix("."): p for name, p in paths.items()
    }
    return {name: read(name, path, known) for name, path in known.items()}


def read(name: str, path: Path, known: Mapping[str, Path]) -> Module:
    """What the text of a module says."""
    text = path.read_text()
    tree = ast.parse(text)
    module = Module(name, text.count("\n"), own_names(tree))
    within = path.parent.relative_to(ROOT).parts
    typed, run = set[ast.AST](), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            typed.update(each for part in node.body for each in ast.walk(part))
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = within[: len(within) - node.level + 1]
        source = ".".join((*base, *filter(None, [node.module])))
        for alias in node.names:
            inner = f"{source}.{alias.name}".removeprefix(".")
            taken = (inner, "") if inner in known else (source, alias.name)
            (module.typed if node in typed else run).add(taken[0])
            module.imported.add(taken)
            if not taken[1]:
                called = alias.asname or alias.name
                module.imported |= {(inner, each) for each in attributes(tree, called)}
    module.typed -= run
    return module


def own_names(tree: ast.Module) -> dict[str, bool]:
    """The public names that a module defines, and whether each is a class."""
    found: dict[str, bool] = {}
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found[name] = isinstance(node, ast.ClassDef)
            case ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = False
            case ast.Assign(targets=[ast.Name(id=name)]):
                found[name] = False
            case ast.Assign(targets=[ast.Tuple(elts=names)]):
                ids = [each.id for each in names if isinstance(each, ast.Name)]
                found |= dict.fromkeys(ids, False)
    return {name: kind for name, kind in found.items() if not name.startswith("_")}


def attributes(tree: ast.Module, name: str) -> Iterator[str]:
    """What is taken out of a module that goes by `name`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=found), attr=attribute) if (
                found == name
            ):
                yield attribute


def imports() -> Iterator[tuple[str, str]]:
    """Each module with one that it imports."""
    for module in modules().values():
        for source in sorted({source for source, _ in module.imported}):
            yield module.name, source


def top(name: str) -> str:
    return name.partition(".")[0]


def room_of(name: str, folder: str) -> str:
    """Which room of a folder a module is in; none if it is elsewhere."""
    inside = name.removeprefix(f"{folder}.")
    return top(inside) if inside != name else ""


def test_every_module_is_in_the_house():
    tops = {top(name) for name in modules()}
    assert tops - FRONT_DOORS == set().union(*FLOORS)


def test_imports_go_down_the_floors():
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    wrong = [
        f"{reader} imports {source}"
        for reader, source in imports()
        if top(reader) not in FRONT_DOORS
        and floor[top(reader)] > floor.get(top(source), -1)
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ROOMS)
def test_imports_of_rooms_go_one_way(folder):
    rooms = ROOMS[folder]
    wrong: list[str] = []
    for reader, source in imports():
        room, other = room_of(reader, folder), room_of(source, folder)
        if room and other in rooms and other not in {room, *rooms.get(room, set())}:
            wrong.append(f"{reader} imports {source}")
    assert wrong == []


@pytest.mark.parametrize("folder", ROOMS)
def test_every_room_of_a_folder_is_listed(folder):
    found = {
        room
        for name in modules()
        if (room := room_of(name, folder)) and not name.endswith(f"{folder}.{room}")
    }
    assert found <= ROOMS[folder].keys()


def test_rooms_are_listed_from_the_ground_up():
    for rooms in ROOMS.values():
        graph = {room: below & rooms.keys() for room, below in rooms.items()}
        assert set(TopologicalSorter(graph).static_order()) == rooms.keys()


def circle_in(graph: Mapping[str, set[str]]) -> str:
    """Modules that import each other, if some do."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " imports ".join(reversed(error.args[1]))
    return ""


def test_a_circle_is_found():
    assert circle_in({"a": {"b"}, "b": {"a"}, "c": {"a"}}) in {
        "a imports b imports a",
        "b imports a imports b",
    }


def test_no_module_is_imported_in_a_circle():
    graph = {
        name: {
            source
            for source, _ in module.imported
            if source != name and source not in module.typed
        }
        for name, module in modules().items()
    }
    assert circle_in(graph) == ""


def test_files_are_short():
    lines = {module.name: module.lines for module in modules().values()}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}
    assert median(lines.values()) <= USUAL


@pytest.mark.parametrize("name", PASSES)
def test_the_registry_names_every_pass_as_it_names_itself(name):
    assert PASSES[name]().name == name


LEVELS = "an operator of `nn`, and the instruction of `aipu` that computes it"
MEANINGS = "the same operator: its shape, its meaning on reals, that on integers"
PARTS = "each module has its part of one table"
SHARED = "what a format has of its own, where others share it"
BOTH_WAYS = "two arithmetics, each with all functions of the same protocol"

SHARED_NAMES = """
Constant Conversion Converter ExportedProgram Graph Node Step Value Weights cut_names
feature_map from_feature_map gathered global_pool reshaped response select stacked
swapped
"""

TWICE: Mapping[str, Mapping[str, str]] = {
    "dialects": {
        "FUNCTIONS": PARTS,
        **dict.fromkeys(
            ("AddOp", "LookupOp", "MaximumOp", "MinimumOp", "RequantiseOp"), LEVELS
        ),
        "SoftmaxOp": LEVELS,
        **dict.fromkeys(("pad", "windows"), MEANINGS),
    },
    "frontends": {"CONVERTERS": PARTS, **dict.fromkeys(SHARED_NAMES.split(), SHARED)},
    "passes": dict.fromkeys(("mean_rescale", "rescale", "sum_rescale"), BOTH_WAYS),
    "runtime": {"FORMS": PARTS},
}
"""By folder, the public names that stand in several of its modules, and why."""


def house(folder: str) -> Iterator[Module]:
    """The modules of a folder, or of a format and what all formats share."""
    parent, _, own = folder.partition("/")
    others = [f"{parent}.{each}." for each in FORMATS if own and each != own]
    for module in modules().values():
        if top(module.name) == parent and not module.name.startswith(tuple(others)):
            yield module


FOLDERS = sorted(set().union(*FLOORS[:-1]) - {"frontends"})


@pytest.mark.parametrize("folder", [*FOLDERS, *(f"frontends/{f}" for f in FORMATS)])
def test_a_name_means_one_thing_in_a_folder(folder):
    """A public name: a class, or what another module takes.

    Every format has a graph, nodes and converters of its own, the same steps of the
    same way; so the names of one are held to those that all share.
    """
    taken = {each for module in modules().values() for each in module.imported}
    found: dict[str, list[str]] = {}
    for module in house(folder):
        for name, is_class in module.names.items():
            if is_class or (module.name, name) in taken:
                found.setdefault(name, []).append(module.name)
    allowed = TWICE.get(top(folder.replace("/", ".")), {})
    assert {
        name: places
        for name, places in found.items()
        if len(places) > 1 and name not in allowed
    } == {}
