"""Kinds of arguments that several commands take."""

import click


class InputShape(click.ParamType):
    """`NAME=1x3x224x224`: the shape of an input of a model, by its name."""

    name = "shape"

    def convert(
        self,
        value: str | tuple[str, tuple[int, ...]],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, tuple[int, ...]]:
        if isinstance(value, tuple):
            return value
        name, equals, extents = value.rpartition("=")
        numbers = extents.split("x")
        if not name or not equals or not all(n.isdecimal() for n in numbers):
            self.fail(f"expected NAME=1x3x224x224, found {value}", param, ctx)
        return name, tuple(map(int, numbers))


INPUT_SHAPE = InputShape()
