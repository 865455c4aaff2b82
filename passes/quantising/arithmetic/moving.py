"""Operators that make no new elements: they move those of their ifm, or select some."""

from ....dialects import nn

MOVING = (
    nn.MaxPool2dOp,
    nn.PadOp,
    nn.ReshapeOp,
    nn.SliceOp,
    nn.TransposeOp,
)
