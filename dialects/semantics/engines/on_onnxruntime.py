"""ONNX Runtime as an engine: what ONNX can say runs there, each run a small model."""

from collections.abc import Mapping, Sequence

import numpy as np
from xdsl.dialects.func import FuncOp

from ....errors import AipuError
from ..evaluate import Call
from .runs import Arrays, Run, prepared_in_runs
from .to_onnx import can_say, model_of


class OnnxRuntime:
    """One thread, so that the same function always takes the same sums."""

    def __init__(self) -> None:
        """
        Raises:
            AipuError: onnxruntime is not installed.
        """
        try:
            import onnxruntime
        except ImportError:
            raise AipuError(
                "the host engine 'onnxruntime' needs onnxruntime",
                remedy="pip install 'aipu-compiler[ort]'",
            ) from None
        self.runtime = onnxruntime

    def prepare(self, function: FuncOp, weights: Mapping[str, np.ndarray]) -> Call:
        return prepared_in_runs(function, weights, can_say, self._prepared)

    def _prepared(self, run: Run, constants: Arrays) -> Call:
        """What computes a run."""
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        model = model_of(run.operators, run.reads, run.makes, constants)
        session = self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        names = [each.name for each in session.get_inputs()]

        def compute(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            arrays = (np.ascontiguousarray(array, np.float32) for array in inputs)
            results = session.run(None, dict(zip(names, arrays, strict=True)))
            return [np.asarray(result) for result in results]

        return compute
