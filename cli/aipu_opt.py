"""`aipu-opt`: read a module or a model, run passes over it, write what came of it."""

import click

from .arguments import FILE, FIX, INPUT_SHAPE
from .mlir_spellings import MlirCommand

WITHOUT_FILE = ("list_passes", "show_dialects", "run_reproducer")
"""What needs no FILE."""


@click.command(
    cls=MlirCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="""\b
Examples:
  aipu-opt model.onnx -p import -o model.mlir
  aipu-opt model.mlir -p 'fold-affine,my-pass{depth=2}' --load my_pass.py
  aipu-opt model.onnx -p import --check-numerics --timing > /dev/null
""",
)
@click.argument("file", metavar="FILE", required=False)
@click.option(
    "-p",
    "--pass-pipeline",
    metavar="TEXT",
    multiple=True,
    help="Passes and named pipelines, in order: 'import,my-pass{depth=2}'. May be "
    "repeated: one after the other.",
)
@click.option(
    "--load",
    "--load-pass",
    "load",
    metavar="FILE.py",
    type=FILE,
    multiple=True,
    help="Add what a Python file of yours defines: passes, operators, converters, "
    "strategies, targets. May be repeated.",
)
@click.option(
    "--list-passes", is_flag=True, help="Show the passes and pipelines, and stop."
)
@click.option(
    "--show-dialects",
    is_flag=True,
    help="Show the dialects and their operations, and stop.",
)
@click.option(
    "--json",
    is_flag=True,
    help="Print lists, --timing and --statistics as JSON.",
)
@click.option(
    "--insert",
    metavar="PASS@after:NAME",
    multiple=True,
    help="Put a pass into the pipeline behind another one, or a named pipeline; also "
    "PASS@before:NAME, and NAME#2 for the second of a name. May be repeated.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE.mlir",
    type=FILE,
    help="Write the text here, with the names of the model's nodes, and the weights "
    "beside it; default: the text to the standard output.",
)
@click.option(
    "--weights",
    metavar="FILE",
    type=FILE,
    help="The weights of a text, or of a Caffe or ncnn model; default: the file of its "
    "name beside it.",
)
@click.option(
    "--random-weights",
    metavar="SEED",
    type=int,
    help="Draw the weights that are missing.",
)
@click.option(
    "--shape",
    metavar="NAME=1x3x224x224",
    type=INPUT_SHAPE,
    multiple=True,
    help="The shape of an input of a model. May be repeated.",
)
@click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(min=1),
    help="The leading extent of all inputs of a model.",
)
@FIX
@click.option("--split-input-file", is_flag=True, help="Split the text at // ----- .")
@click.option(
    "--verify-diagnostics",
    is_flag=True,
    help="Succeed if exactly those errors and warnings appear that the text announces: "
    "// expected-error {{...}}, also -warning, -note, and -error-re with {{regular "
    "expressions}} inside.",
)
@click.option(
    "--allow-unregistered-dialect",
    is_flag=True,
    help="Take operations that nobody has defined, in the generic syntax.",
)
@click.option(
    "--check-numerics",
    is_flag=True,
    help="Run the module before and after each pass, and hold the pass to what it "
    "declares.",
)
@click.option(
    "--data",
    metavar="FILE",
    type=FILE,
    help="With --check-numerics: samples to run it on, beside noise; .npy or .npz. "
    "Default: the option 'data' of a pass.",
)
@click.option(
    "--print-ir-before-all", is_flag=True, help="Print the module before each pass."
)
@click.option(
    "--print-ir-before",
    metavar="PASS",
    multiple=True,
    help="Print the module before this pass. May be repeated.",
)
@click.option(
    "--print-ir-after-all", is_flag=True, help="Print the module after each pass."
)
@click.option(
    "--print-ir-after",
    metavar="PASS",
    multiple=True,
    help="Print the module after this pass. May be repeated.",
)
@click.option(
    "--print-ir-after-change",
    is_flag=True,
    help="Print the module after each pass that changed it.",
)
@click.option(
    "--print-ir-diff",
    is_flag=True,
    help="Print what each pass changes, and what that costs in cycles where the module "
    "has a schedule.",
)
@click.option(
    "--dump-dir",
    metavar="DIR",
    type=FILE,
    help="Write the module after each pass into a folder.",
)
@click.option(
    "--reproducer",
    metavar="FILE.zip",
    type=FILE,
    help="If a pass fails, write what it takes to see that again: the module, its "
    "weights, the passes of your own and the command line.",
)
@click.option(
    "--run-reproducer",
    metavar="FILE.zip",
    type=FILE,
    help="Do what a reproducer says, instead of reading FILE.",
)
@click.option(
    "--bisect",
    is_flag=True,
    help="Name the pass that first breaks the module, and the one application of a "
    "pattern that does it.",
)
@click.option(
    "--bisect-all",
    is_flag=True,
    help="Name all of them: go on with what was right in the place of what is wrong.",
)
@click.option(
    "--expect",
    metavar="COMMAND",
    help="Fail unless this command of a shell succeeds on the file of the module, "
    "after the passes or, with --bisect, after each; %s stands for the file.",
)
@click.option(
    "--traceback",
    is_flag=True,
    help="Show the whole stack of Python behind an error, as for a pass of your own.",
)
@click.option(
    "--timing",
    is_flag=True,
    help="Show the time of each pass, pipeline and other step, as a tree.",
)
@click.option(
    "--statistics",
    is_flag=True,
    help="Show how many operations each pass leaves, and which patterns it applied.",
)
@click.option(
    "--print-debuginfo",
    "--mlir-print-debuginfo",
    is_flag=True,
    help="Print the location of every operation.",
)
@click.option("--print-op-generic", is_flag=True, help="Print in the generic syntax.")
@click.version_option(package_name="aipu-compiler", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, **_: object) -> None:
    """Run passes over a module.

    FILE is MLIR text (.mlir, or - for the standard input) or a model (.onnx). Spellings
    of mlir-opt are taken, too: --mlir-timing, -split-input-file, --canonicalise.
    """
    if not any(map(context.params.get, ("file", *WITHOUT_FILE))):
        raise click.UsageError("Missing argument 'FILE'.", context)

    from ..passes.running.pipeline_text import PipelineError
    from ..runtime.optimising.optimise import optimise
    from ..runtime.optimising.request import Request
    from .failing import one_message

    traceback = bool(context.params["traceback"])
    with one_message("aipu-opt", {PipelineError: 2}, traceback=traceback):
        warnings = optimise(Request(**context.params))
    for warning in warnings:
        click.secho(f"aipu-opt: warning: {warning}", fg="yellow", err=True)
