"""ONNX Runtime as an engine: what ONNX can say runs there, each run a small model."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from onnx import ModelProto
from xdsl.dialects.builtin import f32
from xdsl.dialects.func import FuncOp

from ....errors import AipuError
from ... import nn
from ..evaluate import Call
from .quantising import Compute, quantiser
from .runs import Arrays, Run, prepared_in_runs
from .to_onnx import can_say, model_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


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
        return prepared_in_runs(
            function, weights, can_say, self._prepared, self._by_itself
        )

    def _prepared(self, run: Run, constants: Arrays) -> Call:
        """What computes a run."""
        session = self._session(
            model_of(run.operators, run.reads, run.makes, constants)
        )
        names = [each.name for each in session.get_inputs()]
        types = [
            np.float32 if nn.element_type(value) == f32 else np.int8
            for value in run.reads
        ]

        def compute(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            arrays = map(np.ascontiguousarray, inputs, types)
            results = session.run(None, dict(zip(names, arrays, strict=True)))
            return [np.asarray(result) for result in results]

        return compute

    def _by_itself(self, op: nn.Operator) -> Call | None:
        """What computes an operator between reals and integers."""
        if not isinstance(op, nn.QuantiseOp):
            return None
        return quantiser(op, self._of_one_input)

    def _of_one_input(self, model: ModelProto) -> Compute:
        session = self._session(model)
        (given,) = session.get_inputs()

        def compute(array: np.ndarray) -> list[np.ndarray]:
            fed = {given.name: np.ascontiguousarray(array, np.float32)}
            return [np.asarray(result) for result in session.run(None, fed)]

        return compute

    def _session(self, model: ModelProto) -> "InferenceSession":
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        return self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
