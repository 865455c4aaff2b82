"""`aipu run`: a package on the simulator."""

from pathlib import Path

import click

from .arguments import AS_JSON, FILE, HOST_ENGINE, INPUTS, PACKAGE, extensible


@click.command(
    epilog="""\b
Examples:
  aipu run resnet50
  aipu run resnet50 --input image=cat.npy -o results
  aipu run resnet50 --image cat.jpg
  aipu run faces --image people.jpg --draw found.png
  aipu run keywords --audio yes.wav
""",
)
@PACKAGE
@INPUTS
@click.option(
    "--image",
    "images",
    metavar="FILE",
    type=FILE,
    multiple=True,
    help="An image, scaled as the package says. Repeat it for a batch.",
)
@click.option(
    "--audio",
    "recordings",
    metavar="X.wav",
    type=FILE,
    multiple=True,
    help="A recording, of which the package makes features. Repeat it for a batch.",
)
@click.option(
    "--rate",
    metavar="HZ",
    type=click.IntRange(1000, 1_000_000),
    help="The rate of the recordings that the network was trained on: others are "
    "resampled; default: what the length of its clips suggests.",
)
@click.option(
    "--draw",
    "drawing",
    metavar="FILE.png",
    type=FILE,
    help="Write the image with a box around each object that was found.",
)
@click.option(
    "-o",
    "folder",
    metavar="DIR",
    type=FILE,
    help="Write each output to DIR/NAME.npy.",
)
@HOST_ENGINE
@AS_JSON
@extensible
def run(
    package: Path,
    inputs: tuple[tuple[str, Path], ...],
    images: tuple[Path, ...],
    recordings: tuple[Path, ...],
    rate: int | None,
    drawing: Path | None,
    folder: Path | None,
    host_engine: str,
    as_json: bool,
) -> None:
    """Run a package on the simulator.

    Prints what it answers, if the package says what outputs mean, its outputs, and the
    cycles that it took; warns of inputs far out of what was calibrated, and of outputs
    that are not finite.
    """
    if drawing is not None and len(images) != 1:
        raise click.UsageError("--draw takes one --image")

    from ..runtime.array_files import read_arrays, write_arrays
    from ..runtime.building.package import Package
    from ..runtime.figures.figures import figures
    from ..runtime.files import write_file
    from ..runtime.preprocessing import inputs as prepared
    from ..runtime.report.caveats import not_finite
    from ..runtime.report.drawing import drawn, in_pixels, require_boxes
    from ..runtime.report.terminal.answers import answer_of
    from ..runtime.report.terminal.console import note, show, show_json, warn, working
    from ..runtime.report.terminal.outputs import output_figures, output_tables

    loaded = Package.load(package)
    if drawing is not None:
        require_boxes(loaded.manifest)
    arrays = read_arrays(inputs)
    if images:
        arrays.update(prepared.images(loaded.manifest, images))
    if recordings:
        made = prepared.recordings(loaded.manifest, recordings, rate)
        arrays.update(made.arrays)
        note(*made.remarks)
    with working(f"running {loaded.manifest.name}"):
        result = loaded.run(arrays or loaded.own_runs()[0], host_engine)
        found = figures(loaded.report)
    if not arrays:
        note(f"no --input: the inputs are the first of {loaded.own_inputs}")
    if folder is not None:
        paths = write_arrays(folder, result.outputs)
        note(*(f"wrote {path}" for path in paths))
    answers = in_pixels(loaded.answers(result.outputs), loaded.manifest, images)
    if drawing is not None:
        write_file(drawing, drawn(images[0], answers[0]))
        note(f"wrote {drawing}")
    warn(*loaded.unlike_samples(arrays), *not_finite(result.outputs))
    if as_json:
        said = {"answers": [[each._asdict() for each in frame] for frame in answers]}
        show_json({**said, **output_figures(result.outputs, found)})
    else:
        answer = answer_of(loaded.manifest, answers, images or recordings)
        show(*output_tables(result.outputs, found, *answer))
