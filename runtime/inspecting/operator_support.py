"""What each format may use, what that becomes, and where it runs.

Nothing here is kept by hand: the operators of a format are the keys of its frontend's
table, what they become is read off the converters, and where an operator of `nn` runs
is what `place-operators` goes by.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from inspect import cleandoc, isfunction, ismodule
from types import CodeType, ModuleType

from msgspec import Struct
from xdsl.ir import Operation

from ...dialects import nn
from ...errors import AipuError, nearest
from ...extend.operators import own_operators
from ...extensions import EXTENSIONS
from ...passes.machine_forms.forms import FORMS
from ...passes.quantising.placement.abilities import DECOMPOSED

FRONTENDS: Mapping[str, str] = {
    "onnx": "ONNX",
    "tflite": "TFLite",
    "tensorflow": "TensorFlow, frozen graphs",
    "caffe": "Caffe",
    "pytorch": "PyTorch, exported programs",
    "ncnn": "ncnn",
    "zhouyi_ir": "Zhouyi IR",
}
"""The folders of `frontends/` that have a table `CONVERTERS`, and what they read."""

BESIDES: Mapping[str, str] = {
    "onnx": (
        "Other operators of ONNX, and forms of these that nn cannot say, run on the "
        "host by onnx's own implementation, and the reason is shown. That needs shapes "
        "that do not depend on values, and a form that onnx itself computes rightly."
    ),
}
"""What more a format may use than its table has."""

ARRAY, VECTOR, HOST = "array", "vector unit", "host"


class NnOperator(Struct, frozen=True):
    """An operator of `nn`: what it computes, where it runs, and on what condition."""

    name: str
    meaning: str
    runs_on: str
    limits: str


class SourceOperator(Struct, frozen=True):
    """An operator of a format, the `nn` operators it may become, and where they run."""

    name: str
    becomes: list[str]
    runs_on: str


def known_operators() -> list[type[Operation]]:
    """Those of `nn`, then those of extensions."""
    return [*nn.Nn.operations, *own_operators()]


def nn_operators() -> list[NnOperator]:
    """All operators that frontends may emit."""
    operators = [each for each in known_operators() if issubclass(each, nn.Operator)]
    return [
        NnOperator(
            each.name.removeprefix("nn."),
            cleandoc(each.__doc__ or "").splitlines()[0],
            runs_on(each),
            limits(each),
        )
        for each in operators
    ]


def runs_on(operator: type[nn.Operator]) -> str:
    """The best place that an operator can run on, or what it is decomposed into."""
    operator = DECOMPOSED.get(operator, operator)
    if issubclass(operator, nn.Multiplies) and operator in FORMS:
        return ARRAY
    if operator in FORMS or issubclass(operator, nn.UnaryOperator):
        return VECTOR
    return HOST


def limits(operator: type[nn.Operator]) -> str:
    """What must hold for it to run there."""
    if operator in DECOMPOSED:
        return f"It becomes {DECOMPOSED[operator].name} and moves."
    if operator in FORMS:
        return FORMS[operator].condition
    if issubclass(operator, nn.UnaryOperator):
        return "As a table of 256 values."
    return ""


def operators_of_format(name: str) -> list[SourceOperator]:
    """The operators of a format, by name.

    Raises:
        AipuError: there is no such format.
    """
    if name not in FRONTENDS:
        raise AipuError(f"no format '{name}'", remedy=nearest(name, FRONTENDS))
    module = import_module(f"...frontends.{name}.operators", __package__)
    return [
        _source_operator(name, converter)
        for name, converter in sorted(module.CONVERTERS.items())
    ]


def _source_operator(name: str, converter: object) -> SourceOperator:
    emitted = dict.fromkeys(_emitted(converter, set()))
    places = {runs_on(each) for each in emitted}
    order = [place for place in (ARRAY, VECTOR, HOST) if place in places]
    names = [each.name.removeprefix("nn.") for each in emitted]
    return SourceOperator(name, names, ", ".join(order) or "nowhere: it is folded away")


def _emitted(used: object, seen: set[int]) -> Iterator[type[nn.Operator]]:
    """The operators of `nn` that a converter names, or the functions that it calls."""
    if id(used) in seen:
        return
    seen.add(id(used))
    if isinstance(used, type) and issubclass(used, nn.Operator):
        if used in known_operators():
            yield used
    elif isinstance(used, partial):
        for part in (used.func, *used.args, *used.keywords.values()):
            yield from _emitted(part, seen)
    elif isfunction(used) and _may_emit(used.__module__):
        for part in _named(used):
            yield from _emitted(part, seen)


def _may_emit(module: str) -> bool:
    """Whether functions of a module may emit operators."""
    return ".frontends." in module or module in EXTENSIONS


def _named(function: Callable[..., object]) -> Iterator[object]:
    """What the code of a function refers to: globals, closures, parts of modules."""
    for cell in function.__closure__ or ():
        yield cell.cell_contents
    names = list(_names(function.__code__))
    modules = [function.__globals__.get(name) for name in names]
    ours = [each for each in modules if ismodule(each) and _is_ours(each)]
    for name in names:
        yield function.__globals__.get(name)
        for module in ours:
            yield getattr(module, name, None)


def _is_ours(module: ModuleType) -> bool:
    return module is nn or _may_emit(module.__name__)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
