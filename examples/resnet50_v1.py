"""Build ResNet-50 v1 as an ONNX file, with random weights.

    python examples/resnet50_v1.py resnet50_v1.onnx --seed 0

3,857,973,248 multiply-accumulates at 224 x 224, 25.5 million parameters.
networks/resnet.py says what it is made of.
"""

import argparse
from pathlib import Path

from aipu.examples.networks.resnet import resnet50_v1


def main() -> None:
    parser = argparse.ArgumentParser(description="Build ResNet-50 v1 as ONNX.")
    parser.add_argument("out", type=Path, metavar="OUT.onnx")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    arguments.out.write_bytes(resnet50_v1(arguments.seed).SerializeToString())


if __name__ == "__main__":
    main()
