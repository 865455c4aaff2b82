"""Fields that several instructions have: their tiles, windows, maps and clamps."""

from ..dialects.aipu import Space, whole
from .fields import (
    CreditsField,
    ExtentField,
    Field,
    IndicesField,
    IntegerField,
    IntegersField,
    ReferenceField,
    StringField,
)
from .views import View

RECORD = 8
"""Bytes of the parameters of one channel: bias, multiplier and shift."""
LEAKY_RECORD = 12
"""The same, with multiplier and shift of sums below 0."""

TILE = (
    IntegerField("ifm_columns", "columns of the ifm tile, padding included", "I"),
    ExtentField("rows", "rows of the ofm tile"),
    ExtentField("columns", "columns of the ofm tile"),
)
WINDOW = (
    IntegersField("kernel", "rows and columns of the window", 2, "H"),
    IntegersField("stride", "rows and columns between windows", 2, "H"),
)
CLAMP = (
    IntegerField("low", "least ofm value", "b"),
    IntegerField("high", "greatest ofm value", "b"),
)
IMAGE = ("sram", "the dense image of the box", View("*box"))
TENSOR = (
    "dram",
    "element [0, 0, 0, 0] of the tensor",
    View("*box", "*strides"),
    (Space.DRAM, Space.WEIGHTS),
)
BOX = (
    IntegersField("shape", "extents of the tensor", 4, "I"),
    IntegersField("strides", "bytes between neighbours along each dimension", 4, "i"),
    IndicesField("origin", "corner of the box in the tensor"),
    IntegersField("box", "extents of the box", 4, "I"),
)
OFM_TILE = (
    IntegerField("ofm_columns", "of the map that the ofm lies in", "I", default=0),
    IntegerField("ofm_pitch", "bytes of a pixel of that map", "I", default=0),
)
IN_MAP = "(ofm_columns or columns) * (ofm_pitch or channels), ofm_pitch or channels, 1"


def mac(
    ifm_channels: str, weight: str, finished_by: str = "", record: int = RECORD
) -> tuple[Field, ...]:
    """The fields of the MAC array's instructions."""
    pixels = "ifm_columns * ifm_pitch, ifm_pitch, 1"
    ifm = View(f"under rows, under columns, {ifm_channels}", pixels)
    ofm = View("rows, columns, channels", IN_MAP, finished_by)
    return (
        ReferenceField("ifm", "input tile", ifm),
        ReferenceField("weight", "weights of the tile", View(weight)),
        ReferenceField(
            "parameters",
            "bias, multiplier and shift of each channel",
            View(f"channels, {record}"),
        ),
        ReferenceField("ofm", "output tile", ofm, writes=True),
        IntegerField("ifm_pitch", "bytes of a pixel of the ifm tile", "I"),
        *TILE,
        *OFM_TILE,
        ExtentField("channels", "channels of the ofm tile"),
        *WINDOW,
        IntegersField("dilation", "rows and columns between window elements", 2, "H"),
        IntegerField("zero_point", "of the ofm", "b"),
        *CLAMP,
    )


ROWS = View("rows, channels")


def pixels(
    name: str, doc: str, *, writes: bool = False
) -> tuple[ReferenceField, Field]:
    """An operand of rows of pixels, and the bytes between them."""
    view = View("rows, columns, elements", f"*{name}_pitches, 1")
    return (
        ReferenceField(name, doc, view, writes=writes, in_place=not writes),
        IntegersField(
            f"{name}_pitches",
            f"bytes between rows, and between pixels, of {name}",
            2,
            "I",
            default=(0, 0),
        ),
    )


ELEMENTS = (
    ExtentField("rows", "rows of each tile", default=whole(1)),
    ExtentField("columns", "pixels of a row", default=whole(1)),
    ExtentField("elements", "bytes of a pixel"),
)
IFM, IFM_PITCHES = pixels("ifm", "input tile")
LHS, LHS_PITCHES = pixels("lhs", "first input tile")
RHS, RHS_PITCHES = pixels("rhs", "second input tile")
OFM, OFM_PITCHES = pixels("ofm", "output tile", writes=True)
UNARY = (IFM, OFM, *ELEMENTS, IFM_PITCHES, OFM_PITCHES)
PAIR = (LHS, RHS, OFM, *ELEMENTS, LHS_PITCHES, RHS_PITCHES, OFM_PITCHES)
POOL = (
    ReferenceField(
        "ifm",
        "input tile",
        View(
            "under rows, under columns, channels",
            "ifm_columns * (ifm_pitch or channels), ifm_pitch or channels, 1",
        ),
    ),
    ReferenceField(
        "ofm", "output tile", View("rows, columns, channels", IN_MAP), writes=True
    ),
    *TILE,
    IntegerField("channels", "of both tiles", "I"),
    IntegerField("ifm_pitch", "bytes of a pixel of the ifm's map", "I", default=0),
    *OFM_TILE,
    *WINDOW,
)

WORK = StringField("work", "name of the piece of work")
BEGIN = (
    WORK,
    CreditsField("credits", "count of each token"),
)
