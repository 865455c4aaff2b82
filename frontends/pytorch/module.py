"""Modules in memory: exported by torch, and read as a file of torch would be."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING

from ...errors import AipuError
from ..model import ImportedModel
from .archive import read_archive
from .importer import import_archive

if TYPE_CHECKING:
    from torch import Tensor
    from torch.export import ExportedProgram
    from torch.nn import Module

EXPORT_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What torch.export.export raises: its own errors, and those of the module."""


def import_module_of_torch() -> None:
    raise NotImplementedError
