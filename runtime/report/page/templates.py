"""How templates become pages: all that is put in is escaped, and nothing is missing."""

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

FOLDER = Path(__file__).parent


def template(name: str, filters: Sequence[Callable[..., object]]) -> Template:
    """A template of this folder, which has functions as filters by their names."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in filters:
        environment.filters[getattr(function, "__name__", "")] = function
    return environment.get_template(name)
