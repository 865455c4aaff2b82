"""The options of a pass: from the words of a pipeline to the fields of a dataclass.

A bare flag means true, and an integer may stand for a real.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType
from typing import get_args, get_type_hints

from xdsl.passes import ModulePass
from xdsl.utils.arg_spec import ArgSpec
from xdsl.utils.hints import isa, type_repr

from ...errors import AipuError, nearest
from .faults import Step
from .pipeline_text import Element, Value, pipeline_error

Values = tuple[Value, ...]


class OptionError(AipuError):
    """What is wrong with the options of a pass, as words to follow its name."""


def instantiate(
    pass_class: type[ModulePass], element: Element, text: str
) -> ModulePass:
    """The pass that `element` of the pipeline `text` asks for.

    Raises:
        PipelineError: an option is unknown or missing, or its value of the wrong type.
    """
    hints = get_type_hints(pass_class)
    known = {field.name: hints[field.name] for field in fields(pass_class)}
    try:
        values = dict(
            _checked(option, given, known) for option, given in element.options.items()
        )
        for name in sorted(pass_class.required_fields() - values.keys()):
            raise OptionError(f"needs the option '{spelled(name)}'")
    except OptionError as error:
        message = f"the pass '{element.name}' {error.message}"
        raise pipeline_error(text, element.offset, message, error.remedy) from error
    with Step(f"pass '{element.name}'"):
        return pass_class.from_spec(ArgSpec(pass_class.name, values))


def _checked(
    option: str, given: Values, known: Mapping[str, type]
) -> tuple[str, Values]:
    """The field that an option is, and its value, made to fit the field's type."""
    name = option.replace("-", "_")
    if name not in known:
        remedy = nearest(option, map(spelled, known)) if known else "it takes none"
        raise OptionError(f"has no option '{option}'", remedy=remedy)
    flag: Values = given or (True,)
    reals: Values = tuple(float(v) if type(v) is int else v for v in given)
    for values in (given, flag, reals):
        if _fits(values, known[name]):
            return name, values
    found = ",".join(map(str, given)) or "nothing"
    wanted = type_repr(known[name])
    raise OptionError(f"takes {wanted} for the option '{option}', found {found}")


def _fits(values: Values, hint: type) -> bool:
    wanted = (hint, *get_args(hint))
    if not values:
        return NoneType in wanted
    if bool in map(type, values) and bool not in wanted:
        return False
    return isa(values, hint) or (len(values) == 1 and isa(values[0], hint))


def spelled(name: str) -> str:
    """A field as it is written in a pipeline."""
    return name.replace("_", "-")
