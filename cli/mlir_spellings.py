"""The spellings of mlir-opt and xdsl-opt, for fingers that are used to them."""

import click

SPELLINGS = {
    "--passes": "-p",
    "--mlir-timing": "--timing",
    "--mlir-pass-statistics": "--statistics",
    "--mlir-print-op-generic": "--print-op-generic",
    "--mlir-print-ir-before-all": "--print-ir-before-all",
    "--mlir-print-ir-before": "--print-ir-before",
    "--mlir-print-ir-after-all": "--print-ir-after-all",
    "--mlir-print-ir-after": "--print-ir-after",
    "--mlir-print-ir-after-change": "--print-ir-after-change",
    "--mlir-print-ir-tree-dir": "--dump-dir",
    "--mlir-pass-pipeline-crash-reproducer": "--reproducer",
    "--print-between-passes": "--print-ir-after-all",
}
"""Ours for each of theirs."""


class MlirCommand(click.Command):
    """A command that takes those spellings: one dash for two, and passes as options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {name for param in self.params for name in param.opts}
        known |= {"--help", "--version"}
        translated = [word for arg in args for word in _translated(arg, known)]
        return super().parse_args(ctx, translated)


def _translated(arg: str, known: set[str]) -> list[str]:
    """The words that one word of a command line stands for."""
    name, equals, value = arg.partition("=")
    if not name.startswith("-") or len(name) < 3 or name in known:
        return [arg]
    long = f"--{name.lstrip('-')}"
    ours = SPELLINGS.get(long, long)
    if ours in known:
        if ours.startswith("--"):
            return [f"{ours}{equals}{value}"]
        return [ours, value] if equals else [ours]
    from ..passes.pipelines import PIPELINES
    from ..passes.registry import PASSES

    pass_name = long[2:]
    if pass_name not in PASSES and pass_name not in PIPELINES:
        return [arg]
    return ["-p", f"{pass_name}{{{value}}}" if equals else pass_name]
