"""What a build keeps of how far its integers are from the reals.

Decibels are signal power over the power of the difference; None where nothing differs,
and -100 at least. Figures are rounded, so that they are the same on any machine.
"""

from msgspec import Struct


class OutputAccuracy(Struct, frozen=True, forbid_unknown_fields=True):
    """An output, in integers against reals, over all samples.

    cosine: of the angle between both.
    best_class: the share of frames whose largest element is the same one, of an output
        that has one vector a frame; None of others.
    """

    name: str
    sqnr_db: float | None
    cosine: float
    best_class: float | None


class LayerAccuracy(Struct, frozen=True, forbid_unknown_fields=True):
    """The result of a layer, in integers against reals, over all samples."""

    name: str
    sqnr_db: float | None
    cosine: float


class SeamAccuracy(Struct, frozen=True, forbid_unknown_fields=True):
    """A tensor that crosses: its cosine as its maker has it, and as its readers do.

    tensor, to: as of the crossing. On the way to the machine reals are rounded; on the
        way to the host, integers become the reals that they are.
    """

    tensor: str
    to: str
    before: float
    after: float


class Accuracy(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a network in integers is from itself in reals, on calibration samples.

    samples: how many were compared.
    outputs: in their order.
    worst_layers: three at most, the worst first.
    seams: in the order of the crossings, but for tensors that stand for no reals.
    operators: what makes integers that stand for reals, by its own name, in order.
    """

    samples: int
    outputs: list[OutputAccuracy]
    worst_layers: list[LayerAccuracy]
    seams: list[SeamAccuracy] = []
    operators: list[LayerAccuracy] = []
