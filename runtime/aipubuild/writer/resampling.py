"""How resized feature maps are written, if the IR has a word for their pixels."""

from xdsl.ir import Operation

from ....dialects import nn
from ....frontends.vocabulary.resampling import CONVENTIONS
from ....frontends.zhouyi_ir.operators.resampling import NEAREST
from .sheet import Sheet

BY_METHOD = {method: name for name, method in NEAREST.items()}


def resize(op: nn.ResizeOp, sheet: Sheet) -> None:
    _, rows, columns, _ = nn.shape(op.ifm)
    down, across = op.size.get_values()
    method = op.method.data
    sheet.put(
        mode=convention(op) or "",
        ratio_x=across / columns,
        ratio_y=down / rows,
    )
    if method in BY_METHOD:
        sheet.put(nearest_mode=BY_METHOD[method])
    sheet.put(method="BILINEAR" if method == "linear" else "NEAREST")


def convention(op: nn.ResizeOp) -> str | None:
    """What the IR calls the step and offset of an operator."""
    found = list(zip(op.step.get_values(), op.offset.get_values(), strict=True))
    extents = list(zip(nn.shape(op.ifm)[1:3], op.size.get_values(), strict=True))
    for name, line in CONVENTIONS.items():
        if [line(old, new, new / old) for old, new in extents] == found:
            return name
    return None


def is_usual(op: Operation) -> bool:
    """Whether step and offset have a name."""
    return isinstance(op, nn.ResizeOp) and convention(op) is not None


FORMS = {nn.ResizeOp: resize}
