"""Write a network as an ONNX file, with weights drawn at random.

python -m aipu.examples.networks resnet50 resnet50.onnx --seed 0
"""

import argparse
from pathlib import Path

from . import NETWORKS


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m aipu.examples.networks",
        description="Write a network as an ONNX file.",
    )
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("out", type=Path, metavar="OUT.onnx")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    model = NETWORKS[arguments.network](arguments.seed)
    arguments.out.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
