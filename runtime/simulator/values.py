"""What the instructions compute: each on the views of its operands.

Nothing here is shared with `dialects/semantics`: the two are independent, and the
verification ladder compares them bit for bit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from .stream import Issue
from .window import SlidingWindow, window_corners

EXACT_SUM = 1 << 24
"""Whole numbers up to here are exact in float32, so are sums that stay below."""

EXACT_TERMS = EXACT_SUM // (128 * 128)
"""So many products of two int8 never exceed it."""

RECORD_TYPE = np.dtype([("bias", "<i4"), ("scaling", "<u4")])
LEAKY_RECORD_TYPE = np.dtype([*RECORD_TYPE.descr, ("below", "<u4")])
"""`below` is of sums below 0."""

Views = Mapping[str, np.ndarray]
Execute = Callable[[Views, int], None]


@dataclass
class ArrayState:
    """What the MAC array keeps between instructions: the accumulators, int32 [M, N]."""

    accumulators: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int32))


def execution(issue: Issue, state: ArrayState) -> Execute:
    """A function that executes an instance of an instruction on its views."""
    return EXECUTIONS[issue.spec.mnemonic](issue, state)


def _sync(issue: Issue, state: ArrayState) -> Execute:
    def execute(views: Views, instance: int) -> None:
        pass

    return execute


def _load(issue: Issue, state: ArrayState) -> Execute:
    fill = issue.integer("fill")

    def execute(views: Views, instance: int) -> None:
        if views["image"].size != views["sram"].size:
            views["sram"][...] = fill
        views["image"][...] = views["dram"]

    return execute


def _store(issue: Issue, state: ArrayState) -> Execute:
    def execute(views: Views, instance: int) -> None:
        views["dram"][...] = views["sram"]

    return execute


def _conv(issue: Issue, state: ArrayState) -> Execute:
    first = issue.is_first("depth").tolist()
    last = issue.is_last("depth").tolist()
    window = SlidingWindow.of(issue)
    zero_point, low, high = map(issue.integer, ("zero_point", "low", "high"))

    def execute(views: Views, instance: int) -> None:
        weight = views["weight"].reshape(len(views["weight"]), -1)
        sums = _exact_matmul(window.columns(views["ifm"]), weight)
        records = _records(views["parameters"])
        sums += records["bias"] if first[instance] else state.accumulators
        if not (first[instance] and last[instance]):
            state.accumulators = sums.astype(np.int32)
            sums = state.accumulators.astype(np.float64)
        if last[instance]:
            scaled = _scaled(sums, records).reshape(views["ofm"].shape)
            _narrow(scaled, zero_point, low, high, views["ofm"])

    return execute


def _depthwise(issue: Issue, state: ArrayState) -> Execute:
    window = SlidingWindow.of(issue)
    exact = np.float32 if window.size <= EXACT_TERMS else np.float64
    zero_point, low, high = map(issue.integer, ("zero_point", "low", "high"))

    def execute(views: Views, instance: int) -> None:
        records = _records(views["parameters"])
        ofm, weight = views["ofm"], views["weight"].T.astype(exact)
        rows = np.tile(weight, ofm.shape[1]).reshape(len(weight), *ofm.shape[1:])
        elements = window.shifted(views["ifm"].astype(exact))
        sums, products = np.zeros(ofm.shape, exact), np.empty(ofm.shape, exact)
        for row, pixels in zip(rows, elements, strict=True):
            sums += np.multiply(row, pixels, out=products)
        scaled = _scaled(sums.astype(np.float64) + records["bias"], records)
        _narrow(scaled, zero_point, low, high, ofm)

    return execute


def _add(issue: Issue, state: ArrayState) -> Execute:
    total, left, right = issue.integers("multipliers")
    zero_lhs, zero_rhs, zero_ofm = issue.integers("zero_points")
    scale = total * 2.0 ** -issue.integer("shift")
    low, high = issue.integer("low"), issue.integer("high")
    constant = -left * zero_lhs - right * zero_rhs

    def execute(views: Views, instance: int) -> None:
        sums = views["lhs"].astype(np.int32) * left
        sums += views["rhs"].astype(np.int32) * right
        sums += constant
        _narrow(sums * scale, zero_ofm, low, high, views["ofm"])

    return execute


def _multiply(issue: Issue, state: ArrayState) -> Execute:
    zero_lhs, zero_rhs, zero_ofm = issue.integers("zero_points")
    scale = issue.integer("multiplier") * 2.0 ** -issue.integer("shift")
    low, high = issue.integer("low"), issue.integer("high")

    def execute(views: Views, instance: int) -> None:
        products = views["lhs"].astype(np.float64) - zero_lhs
        products *= views["rhs"].astype(np.float64) - zero_rhs
        _narrow(products * scale, zero_ofm, low, high, views["ofm"])

    return execute


def _greater_or_less(choose: np.ufunc) -> Callable[[Issue, ArrayState], Execute]:
    def build(issue: Issue, state: ArrayState) -> Execute:
        low, high = issue.integer("low"), issue.integer("high")

        def execute(views: Views, instance: int) -> None:
            chosen = choose(views["lhs"], views["rhs"])
            views["ofm"][...] = chosen.clip(low, high)

        return execute

    return build


def _requantise(issue: Issue, state: ArrayState) -> Execute:
    zero_ifm, zero_ofm = issue.integers("zero_points")
    scale = issue.integer("multiplier") * 2.0 ** -issue.integer("shift")
    low, high = issue.integer("low"), issue.integer("high")

    def execute(views: Views, instance: int) -> None:
        numbers = views["ifm"].astype(np.float64) - zero_ifm
        _narrow(numbers * scale, zero_ofm, low, high, views["ofm"])

    return execute


def _lookup(issue: Issue, state: ArrayState) -> Execute:
    def execute(views: Views, instance: int) -> None:
        views["ofm"][...] = views["table"][views["ifm"].astype(np.int16) + 128]

    return execute


def _softmax(issue: Issue, state: ArrayState) -> Execute:
    levels, zero_point = issue.integer("levels"), issue.integer("zero_point")
    low, high = issue.integer("low"), issue.integer("high")

    def execute(views: Views, instance: int) -> None:
        table = np.ascontiguousarray(views["table"]).view("<u2").reshape(-1)
        rows = views["ifm"].astype(np.int16)
        below = rows.max(axis=1, keepdims=True) - rows
        powers = table[255 - below].astype(np.float64)
        totals = powers.sum(axis=1, keepdims=True)
        # A row whose powers are all 0 can only come of a table of zeros.
        scaled = powers * levels / np.maximum(256 * totals, 1)
        _narrow(scaled, zero_point, low, high, views["ofm"])

    return execute


def _permute(issue: Issue, state: ArrayState) -> Execute:
    def execute(views: Views, instance: int) -> None:
        views["ofm"][...] = views["ifm"]

    return execute


def _max_pool(issue: Issue, state: ArrayState) -> Execute:
    window = SlidingWindow.of(issue)

    def execute(views: Views, instance: int) -> None:
        elements = window.shifted(views["ifm"])
        greatest = elements[0].copy()
        for element in elements[1:]:
            np.maximum(greatest, element, out=greatest)
        views["ofm"][...] = greatest

    return execute


def _avg_pool(issue: Issue, state: ArrayState) -> Execute:
    window = SlidingWindow.of(issue)
    zero_ifm, zero_ofm = issue.integers("zero_points")
    low, high = issue.integer("low"), issue.integer("high")
    inside = issue.integers("inside")
    corners = window_corners(issue)
    counts = issue.integer("counts")

    def execute(views: Views, instance: int) -> None:
        elements = window.shifted(views["ifm"])
        sums = np.zeros(views["ofm"].shape, np.float64)
        for element in elements:
            sums += element
        sums -= zero_ifm * len(elements)
        records = _records(views["parameters"])
        if counts > 1:
            count = window.counts(views["ofm"].shape[:2], corners[instance], inside)
            records = records[count - 1][:, :, None]
        _narrow(_scaled(sums, records), zero_ofm, low, high, views["ofm"])

    return execute


EXECUTIONS: Mapping[str, Callable[[Issue, ArrayState], Execute]] = {
    "sync": _sync,
    "dma.load": _load,
    "dma.store": _store,
    "mac.conv": _conv,
    "mac.conv_leaky": _conv,
    "mac.depthwise": _depthwise,
    "mac.depthwise_leaky": _depthwise,
    "vector.add": _add,
    "vector.multiply": _multiply,
    "vector.maximum": _greater_or_less(np.maximum),
    "vector.minimum": _greater_or_less(np.minimum),
    "vector.requantise": _requantise,
    "vector.lookup": _lookup,
    "vector.softmax": _softmax,
    "vector.permute": _permute,
    "vector.max_pool": _max_pool,
    "vector.avg_pool": _avg_pool,
}


def _records(parameters: np.ndarray) -> np.ndarray:
    """The parameters [channels, 8 or 12] as records [channels]."""
    leaky = parameters.shape[-1] == LEAKY_RECORD_TYPE.itemsize
    return parameters.reshape(-1).view(LEAKY_RECORD_TYPE if leaky else RECORD_TYPE)


def _scaled(sums: np.ndarray, records: np.ndarray) -> np.ndarray:
    """Sums times the scale of their channel; where the record says so, in float32."""
    scale, single = _scales(records["scaling"])
    if single.any():
        rounded = sums.astype(np.float32) * scale.astype(np.float32)
        scaled = np.where(single, rounded, sums * scale)
    else:
        scaled = sums * scale
    if "below" not in (records.dtype.names or ()):
        return scaled
    below, negative = _scales(records["below"])
    return np.where(sums < 0, sums * below * np.where(negative, -1, 1), scaled)


def _scales(scaling: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The scales that words say, float64, and the last bit of each, of their shape."""
    scale, bit = _read_scales(scaling.tobytes())
    return scale.reshape(scaling.shape), bit.reshape(scaling.shape)


@lru_cache(1 << 12)
def _read_scales(words: bytes) -> tuple[np.ndarray, np.ndarray]:
    """`multiplier * 2 ** -shift`, exact in float64, and the last bit, no part of it.

    A program reads the same words for every stripe and frame.
    """
    read = np.frombuffer(words, np.uint32).astype(np.int64)
    multiplier = (read & 0xFFFF) + ((read & 0x7FFFFFFF) >> 22 << 16)
    scale = np.ldexp(multiplier.astype(np.float64), -(read >> 16 & 63))
    return scale, read >> 31 == 1


def _narrow(
    scaled: np.ndarray, zero_point: int, low: int, high: int, ofm: np.ndarray
) -> None:
    """Round half to even, add the zero point, clamp, and put into the ofm, int8.

    A multiplier of 15 bits times an int32, or a wider one times what it is meant for,
    fits the 53 bits of a float64: `scaled` is exact and the rounding is the only one.
    It is overwritten.
    """
    np.rint(scaled, out=scaled)
    scaled += zero_point
    ofm[...] = np.clip(scaled, low, high, out=scaled)


def _exact_matmul(pixels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """`pixels @ weight.T` in exact integers, as float64 [M, N].

    Float32 sums are exact while they stay below 2 ** 24. The weights bound them: with
    |pixel| <= 128, a sum over k is at most 128 times the sum of |weight|.
    """
    factors = weight.astype(np.float32)
    if weight.shape[1] <= EXACT_TERMS:
        return (pixels @ factors.T).astype(np.float64)
    reach = 128 * int(np.abs(factors).sum(axis=1).max(initial=0))
    pieces = -(-reach // EXACT_SUM)
    if pieces <= 1:
        return (pixels @ factors.T).astype(np.float64)
    sums = np.zeros((len(pixels), len(weight)), np.float64)
    for start in range(0, weight.shape[1], EXACT_TERMS):
        part = slice(start, start + EXACT_TERMS)
        sums += pixels[:, part] @ factors[:, part].T
    return sums
