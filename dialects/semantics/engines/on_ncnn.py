"""ncnn as an engine: what the cores of a board would run, to see how long it takes.

Its convolutions are exact to some 1e-4 of the largest value where they are Winograd's;
values for their own sake are numpy's, or ONNX Runtime's.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from xdsl.dialects.func import FuncOp

from ....errors import AipuError
from ..evaluate import Call
from .runs import Arrays, Run, prepared_in_runs
from .to_ncnn import ncnn_has, network_of

TO_BLOB, FROM_BLOB = (2, 0, 1), (1, 2, 0)


class Ncnn:
    """One thread, as in ncnn's benchmark of one core."""

    tolerance = 1e-3

    def __init__(self) -> None:
        """
        Raises:
            AipuError: ncnn is not installed.
        """
        try:
            self.ncnn = import_module("ncnn")
        except ImportError:
            raise AipuError(
                "the host engine 'ncnn' needs ncnn",
                remedy="pip install 'aipu-compiler[ncnn]'",
            ) from None

    def prepare(self, function: FuncOp, weights: Mapping[str, np.ndarray]) -> Call:
        return prepared_in_runs(function, weights, ncnn_has, self._prepared)

    def _prepared(self, run: Run, constants: Arrays) -> Call:
        """What computes a run."""
        text, weights = network_of(run.operators, run.reads, run.makes, constants)
        net = self.ncnn.Net()
        net.opt.num_threads = 1
        net.opt.use_fp16_packed = False  # an A53 computes in no such reals either
        net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
        with TemporaryDirectory() as folder:
            param, model = Path(folder, "net.param"), Path(folder, "net.bin")
            param.write_text(text)
            model.write_bytes(weights)
            if net.load_param(str(param)) or net.load_model(str(model)):
                raise AipuError("ncnn does not read a segment of the host")

        def compute(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            extractor = net.create_extractor()
            for number, array in enumerate(inputs):
                blob = as_blob(array)
                own = self.ncnn.Mat(blob).clone()  # numpy's memory is not aligned
                extractor.input(f"x{number}", own)
            return [
                as_tensor(np.array(extractor.extract(f"y{number}")[1]))
                for number, _ in enumerate(run.makes)
            ]

        return compute


def as_blob(tensor: np.ndarray) -> np.ndarray:
    """A tensor [1, H, W, C] as [C, H, W], one [1, C] as [C]."""
    (frame,) = tensor
    moved = frame.transpose(TO_BLOB) if frame.ndim == len(TO_BLOB) else frame
    return np.ascontiguousarray(moved, np.float32)


def as_tensor(blob: np.ndarray) -> np.ndarray:
    """The way back."""
    moved = blob.transpose(FROM_BLOB) if blob.ndim == len(FROM_BLOB) else blob
    return moved[np.newaxis]
