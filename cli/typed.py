"""The words of a command line, as they were typed, for a command that shows them."""

import click

WORDS = "aipu.words"


class Remembering(click.Command):
    """A command that remembers its words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[WORDS] = list(args)
        return super().parse_args(ctx, args)


def typed(context: click.Context) -> list[str]:
    """`aipu build model.onnx -o out` as words: those of a `Remembering` command."""
    words = context.meta[WORDS]
    assert isinstance(words, list)
    return ["aipu", str(context.info_name), *words]
