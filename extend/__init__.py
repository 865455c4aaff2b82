"""All that a file of yours needs to add to the compiler: `from aipu.extend import ...`.

What is named here stays where it is; the rooms that it comes from may change. Each name
is imported when it is first asked for, so that a file with one pass starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xdsl.pattern_rewriter import (
        PatternRewriter,
        RewritePattern,
        op_type_rewrite_pattern,
    )

    from ..backend_aipu.machine import Machine
    from ..dialects.semantics.weights import WeightStore
    from ..dialects.tile import GroupSchedule, StripedSchedule, Weights
    from ..errors import AipuError
    from ..passes.authoring.constants import constant
    from ..passes.authoring.context import warn, weights_of
    from ..passes.authoring.functions import main_function
    from ..passes.authoring.new_weight import new_weight
    from ..passes.authoring.promises import (
        EXACT,
        REQUANTISING,
        AipuPass,
        Semantics,
        approximate,
        requantising,
    )
    from ..passes.authoring.rewriting import rewrite
    from ..passes.machine_forms.elementwise import PairForm
    from ..passes.machine_forms.form import MachineForm
    from ..passes.machine_forms.numbers import Numbers, clamped, zero_points
    from ..passes.machine_forms.site import Site
    from ..passes.machine_forms.stage import Stage
    from ..passes.scheduling.network.group_graph import GroupGraph
    from ..passes.scheduling.schedules.check import check
    from ..passes.scheduling.strategies.choices import Choices, Run
    from ..passes.scheduling.strategies.goal import Goal
    from ..passes.scheduling.strategies.layerwise import cheapest
    from ..passes.scheduling.striped.candidates import stripe_candidates
    from ..passes.scheduling.striped.cost.following import estimate
    from ..passes.scheduling.tiled.cost import cost
    from ..passes.scheduling.tiled.fit import fits
    from ..passes.scheduling.tiled.group import Group
    from ..passes.scheduling.tiled.plan import plan
    from ..passes.scheduling.tiled.tiles import candidates
    from .converters import converter
    from .engines import host_engine
    from .loading import load_extension
    from .machine_forms import machine_form
    from .meanings import integer, real
    from .patterns import pattern
    from .strategies import strategy
    from .targets import target

PLACES = {
    name: module
    for module, names in {
        "..backend_aipu.machine": ("Machine",),
        "..dialects.semantics.weights": ("WeightStore",),
        "..dialects.tile": ("GroupSchedule", "StripedSchedule", "Weights"),
        "..errors": ("AipuError",),
        "..passes.authoring.constants": ("constant",),
        "..passes.authoring.context": (
            "warn",
            "weights_of",
        ),
        "..passes.authoring.functions": ("main_function",),
        "..passes.authoring.new_weight": ("new_weight",),
        "..passes.authoring.promises": (
            "EXACT",
            "REQUANTISING",
            "AipuPass",
            "Run",
            "Semantics",
            "approximate",
            "requantising",
        ),
        "..passes.authoring.rewriting": ("rewrite",),
        "..passes.machine_forms.elementwise": ("PairForm",),
        "..passes.machine_forms.form": ("MachineForm",),
        "..passes.machine_forms.numbers": ("Numbers", "clamped", "zero_points"),
        "..passes.machine_forms.site": ("Site",),
        "..passes.machine_forms.stage": ("Stage",),
        "..passes.scheduling.network.group_graph": ("GroupGraph",),
        "..passes.scheduling.schedules.check": ("check",),
        "..passes.scheduling.strategies.choices": ("Choices", "Run"),
        "..passes.scheduling.strategies.goal": ("Goal",),
        "..passes.scheduling.strategies.layerwise": ("cheapest",),
        "..passes.scheduling.striped.candidates": ("stripe_candidates",),
        "..passes.scheduling.striped.cost.following": ("estimate",),
        "..passes.scheduling.tiled.cost": ("cost",),
        "..passes.scheduling.tiled.fit": ("fits",),
        "..passes.scheduling.tiled.group": ("Group",),
        "..passes.scheduling.tiled.plan": ("plan",),
        "..passes.scheduling.tiled.tiles": ("candidates",),
        ".converters": ("converter",),
        ".engines": ("host_engine",),
        ".loading": ("load_extension",),
        ".machine_forms": ("machine_form",),
        ".meanings": (
            "integer",
            "real",
        ),
        ".patterns": ("pattern",),
        ".strategies": ("strategy",),
        ".targets": ("target",),
        "xdsl.pattern_rewriter": (
            "PatternRewriter",
            "RewritePattern",
            "op_type_rewrite_pattern",
        ),
    }.items()
    for name in names
}
"""The module of each name."""

__all__ = [
    "EXACT",
    "REQUANTISING",
    "AipuError",
    "AipuPass",
    "Choices",
    "Goal",
    "Group",
    "GroupGraph",
    "GroupSchedule",
    "Machine",
    "MachineForm",
    "Numbers",
    "PairForm",
    "PatternRewriter",
    "RewritePattern",
    "Run",
    "Semantics",
    "Site",
    "Stage",
    "StripedSchedule",
    "WeightStore",
    "Weights",
    "approximate",
    "candidates",
    "cheapest",
    "check",
    "clamped",
    "constant",
    "converter",
    "cost",
    "estimate",
    "fits",
    "host_engine",
    "integer",
    "load_extension",
    "machine_form",
    "main_function",
    "new_weight",
    "op_type_rewrite_pattern",
    "pattern",
    "plan",
    "real",
    "requantising",
    "rewrite",
    "strategy",
    "stripe_candidates",
    "target",
    "warn",
    "weights_of",
    "zero_points",
]


def __getattr__(name: str) -> object:
    if name not in PLACES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    found = getattr(import_module(PLACES[name], __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
