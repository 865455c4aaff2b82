"""How a cfg wants a network quantised: what is done so, and what otherwise."""

import re

from ...passes.quantising.calibration.observers import BEST
from .cfg_file import Section
from .log import Remark
from .overrides import Overrides, parse_overrides

PERCENTILE = re.compile(r"([\d.]*)percentile")
ONLY = {
    "weight_bits": "8",
    "activation_bits": "8",
    "bias_bits": "32",
    "lut_items_in_bits": "8",
    "quant_precision": "int8",
    "quant_type": "w8a8",
}
"""The one value of these keys that the machine can do."""

HARMLESS = "disable"
WEIGHTS = "quantize_method_for_weight"
ACTIVATIONS = "quantize_method_for_activation"


def precision_remarks(quantiser: Section) -> list[Remark]:
    """What is said of numbers and scales that are other ones here."""
    remarks: list[Remark] = []
    for key, only in ONLY.items():
        asked = set(values_of(quantiser, key)) - {only, HARMLESS}
        if asked:
            text = f"'{key}' is {only} here, the machine has no other"
            remarks.append(Remark(f"{quantiser.place(key)}: {text}", warning=True))
    for key, done, same, finer in (
        (
            WEIGHTS,
            "weights are symmetric with a scale for each ofm channel here",
            "per_channel_symmetric",
            "per_tensor_symmetric",
        ),
        (
            ACTIVATIONS,
            "activations are asymmetric with a scale for each tensor here",
            "per_tensor_asymmetric",
            "per_tensor_symmetric",
        ),
    ):
        others = [v for v in values_of(quantiser, key) if not v.startswith(same)]
        if others:
            coarser = all(value.startswith(finer) for value in others)
            end = ", which is finer" if coarser else ""
            text = f"{quantiser.place(key)}: {done}{end}"
            remarks.append(Remark(text, warning=not coarser))
    return remarks


def values_of(quantiser: Section, key: str) -> list[str]:
    """What a key says of any node."""
    text = quantiser.text(key).lower()
    return parse_overrides(text, quantiser.place(key)).values if text else []


def strategies(quantiser: Section, key: str) -> tuple[Overrides, list[Remark]]:
    """The method of each range, in the words of `calibrate`, and what is said of it."""
    place = quantiser.place(key) if key in quantiser else ""
    written = parse_overrides(quantiser.text(key, BEST).lower(), place)
    remarks: list[Remark] = []

    def method(strategy: str) -> str:
        """The nearest options of `calibrate`, where it has no such strategy."""
        if strategy in ("extrema", "minmax"):
            return "min-max"
        if strategy in ("mean", BEST):
            return strategy
        if found := PERCENTILE.fullmatch(strategy):
            return f"percentile={found[1] or 99.999}"
        text = f"{place}: no strategy '{strategy}' here, ranges are the best of several"
        remarks.append(Remark(text, warning=True))
        return BEST

    rules = tuple((nodes, method(value)) for nodes, value in written.rules)
    return Overrides(method(written.value), rules), remarks
