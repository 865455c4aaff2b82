"""How operators that reduce a window are written."""

from ....dialects import nn
from .multiplying import put_window
from .rescales import put_rescale
from .sheet import Sheet


def pool(op: nn.MaxPool2dOp | nn.AvgPool2dOp, sheet: Sheet) -> None:
    """The last keys of an average are our own; others derive its multipliers."""
    counting = isinstance(op, nn.AvgPool2dOp) and op.counting_pad is not None
    put_window(
        sheet, op.kernel.get_values(), op.stride.get_values(), op.pad.get_values()
    )
    sheet.put(ceil_mode=False)
    if isinstance(op, nn.AvgPool2dOp):
        sheet.put(count_include_pad=counting)
        put_rescale(op.rescale, sheet)
        if op.around is not None:
            sheet.put(counted_from=op.around.value.data)


FORMS = {nn.MaxPool2dOp: pool, nn.AvgPool2dOp: pool}
