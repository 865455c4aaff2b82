"""How the R329's free parameters were set: ResNet-50 on variants of the target.

Prints for each variant what the tutorial measured on the chip: frames a second, and the
MAC utilisation of 3x3 and 1x1 convolutions while they run, one operator after another
(`layerwise`), as the chip did. docs/machine.md quotes it.

    python benchmarks/calibration.py resnet50_v1.onnx
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

import aipu

VARIANTS = {
    "r329": "",
    "bandwidth 0.8 GB/s": "[dram]\nbandwidth = 800_000_000",
    "bandwidth 1.0 GB/s": "[dram]\nbandwidth = 1_000_000_000",
    "latency 0": "[dram]\nlatency = 0",
    "latency 2000 ns": "[dram]\nlatency = 2000",
    "launch 0": "[control]\nlaunch = 0",
    "launch 350 us": "[control]\nlaunch = 350",
    "SRAM 128 KiB": "[sram]\nbytes = 131_072",
    "SRAM 512 KiB": "[sram]\nbytes = 524_288",
    "array 16 x 8": "[array]\nrows = 16\ncolumns = 8",
    "one weight register": "[array]\ndouble_buffered_weights = false",
}


def measure(model: Path, variant: str) -> list[str]:
    """Frames a second, and utilisation of 3x3 and 1x1 convolutions, as text."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "variant.toml"
        head = 'base = "r329"\nname = "variant"\ndescription = "a variant"\n'
        target.write_text(head + variant)
        report = aipu.compile(
            str(model), target=str(target), strategy="layerwise"
        ).report
    kernels = report["kernels"]
    assert isinstance(kernels, dict)
    shares = [f"{kernels[k]['utilisation']:.1%}" for k in ("3x3", "1x1")]
    return [f"{report['machine_fps']:.2f}", *shares]


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True))
def main(model: Path) -> None:
    """Print the table for MODEL, ResNet-50 v1 of `aipu.examples.networks`."""
    table = Table("variant", "FPS, machine alone", "3x3", "1x1")
    for name, variant in VARIANTS.items():
        table.add_row(name, *measure(model, variant))
    Console().print(table)


if __name__ == "__main__":
    main()
