"""What a cfg wants the network scored by: `metric`, `data` and `label`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .cfg_file import CfgFile, Section
from .log import Remark

METRIC = re.compile(r"(\w+)(?:\(([^()]*)\))?")
TOP_K = "topkmetric"

FileOf = Callable[[Section, str], Path | None]
"""A file that a key of a section names."""


@dataclass(frozen=True)
class Scoring:
    """On what a network is scored.

    tops: for each k, whether the right class is among the k largest.
    original, optimised: whether the float and the int8 network are.
    """

    tops: Sequence[int]
    data: Path
    labels: Path
    original: bool
    optimised: bool


def scoring(
    quantiser: Section, cfg: CfgFile, file_of: FileOf
) -> tuple[Scoring | None, list[Remark]]:
    """How a network is scored, and what of it will not be done.

    `[Runtime]`, of a build through TVM, says it where `[Optimizer]` does not.
    """
    section = Section(cfg.section("runtime") | quantiser)
    asked = [key for key in ("metric", "data", "label") if key in section]
    if not asked:
        return None, []
    place = section.place(asked[0])
    missing = [key for key in ("metric", "data", "label") if key not in section]
    if missing:
        said = ", ".join(f"'{key}'" for key in missing)
        text = f"{place}: no score: it needs {said} too"
        # Data without a metric is what a standard cfg has.
        return None, [Remark(text, warning="metric" in section)]
    tops, remarks = _tops(section)
    data, labels = file_of(section, "data"), file_of(section, "label")
    wanted = [
        section.text(key, "true").lower() == "true"
        for key in ("eval_original_model", "eval_optimized_model")
    ]
    if not tops or data is None or labels is None or not any(wanted):
        return None, remarks
    original, optimised = wanted
    return Scoring(tops, data, labels, original, optimised), remarks


def _tops(section: Section) -> tuple[list[int], list[Remark]]:
    """The k of each TopKMetric, 1 if it says none."""
    tops: dict[int, None] = {}
    remarks: list[Remark] = []
    for name, arguments in METRIC.findall(section.text("metric")):
        k = arguments.partition(",")[0].strip() or "1"
        if name.lower() == TOP_K and k.isdecimal() and int(k) > 0:
            tops[int(k)] = None
            continue
        text = f"{section.place('metric')}: no score by '{name}', only by TopKMetric(k)"
        remarks.append(Remark(text, warning=True))
    return list(tops), remarks
