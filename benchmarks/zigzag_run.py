"""What ZigZag makes of layers on an accelerator: run by a Python that has it.

    python -P benchmarks/zigzag_run.py < question.json > answers.jsonl

The question has the accelerator and, layer by layer, a workload and a mapping, in the
words of ZigZag's own files. An answer is a line: cycles, the bits that cross the border
of the outermost memory, and how many factors its search took.
"""

import json
import logging
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

FACTORS = (6, 5, 4, 3)
"""So many factors of a layer's loops LOMA permutes at most; fewer where its cost model
stops at one of the mappings, as it does at few layers.
"""


def main() -> None:
    logging.disable(logging.WARNING)
    question = json.load(sys.stdin)
    answers = sys.stdout
    sys.stdout = sys.stderr
    for layer in question["layers"]:
        print(json.dumps(_answer(layer, question["accelerator"])), file=answers)
        answers.flush()


def _answer(layer: dict[str, object], accelerator: object) -> dict[str, object]:
    """What is found for a layer with as many factors as can be."""
    for factors in FACTORS:
        try:
            return {"factors": factors, **_found(layer, accelerator, factors)}
        except AssertionError as error:
            print(f"with {factors} factors: {error}", file=sys.stderr)
    raise SystemExit(f"no mapping of {layer}")


def _found(
    layer: dict[str, object], accelerator: object, factors: int
) -> dict[str, object]:
    """The cycles and bits of a layer by the fastest mapping that is found."""
    search = import_module("zigzag.api").get_hardware_performance_zigzag
    with TemporaryDirectory() as folder:
        _, cycles, found = search(
            workload=[layer["workload"]],
            accelerator=_written(Path(folder, "accelerator.yaml"), accelerator),
            mapping=_written(Path(folder, "mapping.yaml"), [layer["mapping"]]),
            opt="latency",
            temporal_mapping_search_engine="loma",
            lpf_limit=factors,
            nb_spatial_mappings_generated=1,
            dump_folder=folder,
            loma_show_progress_bar=False,
        )
    ((_, layers),) = found
    ((fastest, _),) = layers
    moves = fastest.mapping.unit_mem_data_movement
    return {
        "cycles": cycles,
        "bits": sum(_crossing(each[-1]) for each in moves.values()),
    }


class _Ways(Protocol):
    """A number for each way over the borders of a memory."""

    data: Mapping[str, int]


class _Moved(Protocol):
    """What ZigZag knows of an operand in a memory."""

    def get_attribute(self, name: str) -> _Ways: ...


def _crossing(moved: _Moved) -> int:
    """The bits of an operand that cross the border of a memory to the one below it."""
    counts = moved.get_attribute("data_elem_move_count").data
    sizes = moved.get_attribute("data_precision").data
    return sum(int(counts[way]) * int(sizes[way]) for way in counts)


def _written(file: Path, data: object) -> str:
    """A file of YAML, of which JSON is a part."""
    file.write_text(json.dumps(data))
    return str(file)


if __name__ == "__main__":
    main()
