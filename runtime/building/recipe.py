"""How each level of a package is made from the one before, as lines for a shell."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from shlex import join

from ...extensions import load_options
from ...passes.registry import PASSES
from ...passes.running.pipeline import build_pipeline, options_of
from ...passes.scheduling.strategies.decide import is_file
from ...passes.scheduling.strategies.goal import Goal
from .levels import AIPU, FILES, FLOAT, PREPARED, QUANTISED, TILE

Pipelines = Mapping[str, str]
"""By level, the pipeline that makes it from the one before."""

BARE = re.compile(r"[\w./+-]+")
"""What needs no quotes as the value of an option."""


def pipelines(
    target: str, strategy: str, goal: Goal, settings: Mapping[str, str]
) -> Pipelines:
    """The pipeline of each level.

    Args:
        target, strategy, goal: of `schedule`.
        settings: options of the pipeline `quantise`; each goes where it is known.

    Raises:
        PipelineError: no pass of `quantise` has such an option.
    """
    of_all = {"target": target, **settings}
    if "mode" in settings and not is_file(strategy):  # weigh what will be scheduled
        of_all.setdefault("strategy", strategy)
    build_pipeline(_written("quantise", of_all), PASSES)
    return {
        FLOAT: "import",
        PREPARED: _known("prepare", of_all),
        QUANTISED: _known("integers", of_all),
        TILE: _written(
            "schedule", {"target": target, "strategy": strategy, **goal.options()}
        ),
        AIPU: _written("lower", {"target": target}),
    }


def joined(after: Iterable[tuple[str, str]]) -> Pipelines:
    """Pipelines by level, those of one level one after the other."""
    found: dict[str, str] = {}
    for level, text in after:
        found[level] = f"{found[level]},{text}" if level in found else text
    return found


def level_lines(
    pipelines: Pipelines, package: Path, first: str = PREPARED
) -> Iterator[str]:
    """The lines that make the levels of a package again, beside it, from `first` on.

    The level before that is read from the package, which has the weights of all.
    """
    levels = list(FILES)
    before = levels[levels.index(first) - 1]
    beside = package.with_name(f"{package.name}-levels")
    yield join(["mkdir", "-p", str(beside)])
    loads = load_options()
    source = [str(package / FILES[before]), "--weights", str(package / "weights.npz")]
    for level in levels[levels.index(first) :]:
        made = beside / Path(FILES[level]).name
        yield join(
            ["aipu-opt", *source, *loads, "-p", pipelines[level], "-o", str(made)]
        )
        source = [str(made)]


def _known(name: str, settings: Mapping[str, str]) -> str:
    """A pipeline with those of the settings that its passes know."""
    known = options_of(name, PASSES)
    return _written(name, {key: settings[key] for key in settings if key in known})


def _written(name: str, settings: Mapping[str, str]) -> str:
    """`name{option=value option="other value"}`."""
    words = (f"{option}={_value(value)}" for option, value in settings.items())
    inner = " ".join(words)
    return f"{name}{{{inner}}}" if inner else name


def _value(text: str) -> str:
    bare = BARE.fullmatch(text) or text.startswith('"')
    return text if bare else f'"{text}"'
