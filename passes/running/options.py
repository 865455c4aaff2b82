"""The options of a pass: from the words of a pipeline to the fields of a dataclass."""

from dataclasses import fields
from types import NoneType
from typing import get_args, get_type_hints

from xdsl.passes import ModulePass
from xdsl.utils.arg_spec import ArgSpec
from xdsl.utils.hints import isa, type_repr

from ...errors import nearest
from .faults import Step
from .pipeline_text import Element, Value, pipeline_error

Values = tuple[Value, ...]


def instantiate(
    pass_class: type[ModulePass], element: Element, text: str
) -> ModulePass:
    """The pass that `element` of the pipeline `text` asks for.

    Raises:
        PipelineError: an option is unknown or missing, or its value of the wrong type.
    """
    hints = get_type_hints(pass_class)
    known = [field.name for field in fields(pass_class)]
    values: dict[str, Values] = {}
    for option, given in element.options.items():
        name = option.replace("-", "_")
        if name not in known:
            raise pipeline_error(
                text,
                element.offset,
                f"the pass '{element.name}' has no option '{option}'",
                nearest(option, map(spelled, known)) if known else "it takes none",
            )
        values[name] = _converted(given, hints[name])
        if not _fits(values[name], hints[name]):
            found = ",".join(map(str, given)) or "nothing"
            raise pipeline_error(
                text,
                element.offset,
                f"the option '{option}' of the pass '{element.name}' must be "
                f"{type_repr(hints[name])}, found {found}",
            )
    for name in sorted(pass_class.required_fields() - values.keys()):
        raise pipeline_error(
            text,
            element.offset,
            f"the pass '{element.name}' needs the option '{spelled(name)}'",
        )
    with Step(f"pass '{element.name}'"):
        return pass_class.from_spec(ArgSpec(pass_class.name, values))


def spelled(name: str) -> str:
    """A field as it is written in a pipeline."""
    return name.replace("_", "-")


def _converted(given: Values, hint: type) -> Values:
    """A bare flag means true, and an integer may stand for a real."""
    flag: Values = given or (True,)
    reals: Values = tuple(float(v) if type(v) is int else v for v in given)
    return next((way for way in (given, flag, reals) if _fits(way, hint)), given)


def _fits(values: Values, hint: type) -> bool:
    wanted = (hint, *get_args(hint))
    if not values:
        return NoneType in wanted
    if bool in map(type, values) and bool not in wanted:
        return False
    return isa(values, hint) or (len(values) == 1 and isa(values[0], hint))
