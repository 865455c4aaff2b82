"""`aipu` as a backend of ONNX, for tools that look for one under a package's name."""

from .frontends.onnx.backend import (
    AipuBackend,
    prepare,
    run_model,
    run_node,
    supports_device,
)

__all__ = ["AipuBackend", "prepare", "run_model", "run_node", "supports_device"]
