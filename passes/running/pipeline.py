"""From the text of a pipeline to passes, and from passes to a changed module."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError, nearest
from ..authoring.context import AipuContext
from ..authoring.unmarked import UnmarkedError
from ..pipelines import PIPELINES, Line
from ..registry import Registry
from .faults import GuardedStep
from .losses import Losses
from .names import mend_names
from .observer import Observer
from .options import instantiate, spelled
from .pipeline_text import Element, parse_pipeline, pipeline_error
from .verification import verify
from .verification.weights import absent_keys, weight_faults

if TYPE_CHECKING:
    import numpy as np


class Planned(NamedTuple):
    """A pass of a pipeline, and the named pipelines around it, outermost first."""

    module_pass: ModulePass
    within: tuple[str, ...] = ()


def build_pipeline(
    text: str,
    registry: Registry,
    pipelines: Mapping[str, Sequence[Line]] = PIPELINES,
) -> list[ModulePass]:
    """The passes that `text` names: those that `plan_pipeline` plans."""
    return [each.module_pass for each in plan_pipeline(text, registry, pipelines)]


def plan_pipeline(
    text: str,
    registry: Registry,
    pipelines: Mapping[str, Sequence[Line]] = PIPELINES,
) -> list[Planned]:
    """The passes that `text` names, named pipelines replaced by what they stand for.

    An option of a named pipeline is given to every pass in it that has such an option.

    Raises:
        PipelineError: the text is malformed, or names what does not exist.
    """
    passes: list[Planned] = []
    for element in parse_pipeline(text):
        inner = list(_expand(element, pipelines))
        for expanded in inner:
            if expanded.name not in registry:
                raise pipeline_error(
                    text,
                    element.offset,
                    f"unknown pass or pipeline '{expanded.name}'",
                    nearest(expanded.name, [*registry, *pipelines]),
                )
        if element.name in pipelines:
            inner = _with_options(inner, element, text, registry)
        passes += [
            Planned(instantiate(registry[e.name](), e, text), e.within) for e in inner
        ]
    return passes


def options_of(
    name: str,
    registry: Registry,
    pipelines: Mapping[str, Sequence[Line]] = PIPELINES,
) -> set[str]:
    """The options that a pass of a named pipeline has, as they are spelled."""
    elements = _expand(Element(name), pipelines)
    passes = (registry[element.name]() for element in elements)
    return {spelled(each.name) for every in passes for each in fields(every)}


def _expand(
    element: Element, pipelines: Mapping[str, Sequence[Line]]
) -> Iterator[Element]:
    """The elements of a named pipeline; any other element as it is."""
    if element.name not in pipelines:
        yield element
        return
    for stage in pipelines[element.name]:
        for part in parse_pipeline(stage.text):
            within = (*element.within, element.name)
            inner = replace(part, offset=element.offset, within=within)
            yield from _expand(inner, pipelines)


def _with_options(
    inner: Sequence[Element], pipeline: Element, text: str, registry: Registry
) -> list[Element]:
    """The elements of a pipeline, each with those of its options that it knows."""
    known = [{f.name for f in fields(registry[e.name]())} for e in inner]
    spellings = {spelled(name) for names in known for name in names}
    for option in pipeline.options:
        if spelled(option) not in spellings:
            raise pipeline_error(
                text,
                pipeline.offset,
                f"no pass of the pipeline '{pipeline.name}' has an option '{option}'",
                nearest(option, spellings) if spellings else "they have none at all",
            )
    return [
        replace(
            element,
            options={
                **{
                    option: values
                    for option, values in pipeline.options.items()
                    if option.replace("-", "_") in names
                },
                **element.options,
            },
        )
        for element, names in zip(inner, known, strict=True)
    ]


def run_pipeline(
    passes: Sequence[ModulePass],
    module: ModuleOp,
    ctx: Context,
    observers: Sequence[Observer] = (),
) -> None:
    """Apply the passes in order; verify the module, and tell observers, after each.

    Raises:
        AipuError: a pass failed, or left a module that is not valid.
    """
    mend_names(module)
    absent = absent_keys(module, _weights(ctx))
    losses = Losses(module)
    for observer in observers:
        observer.begin(module)
    for module_pass in passes:
        for observer in observers:
            observer.before(module_pass, module)
        try:
            start = perf_counter()
            _apply(module_pass, module, ctx, losses)
            seconds = perf_counter() - start
            check_after(module_pass, module, ctx, absent)
            losses.note(module, module_pass.name)
            for observer in observers:
                observer.after(module_pass, module, seconds)
        except AipuError as error:
            for observer in observers:
                observer.failed(module_pass, module, error)
            raise
    for observer in observers:
        observer.end(module)


def _apply(
    module_pass: ModulePass, module: ModuleOp, ctx: Context, losses: Losses
) -> None:
    with GuardedStep(f"pass '{module_pass.name}'"):
        try:
            module_pass.apply(ctx, module)
        except UnmarkedError as error:
            losses.blame(error)
            raise


def check_after(
    module_pass: ModulePass,
    module: ModuleOp,
    ctx: Context,
    absent: Collection[str] = (),
) -> None:
    """Check that a module is valid after a pass, and has all weights but the `absent`.

    Raises:
        AipuError: it is not; the pass is named.
    """
    with GuardedStep(f"pass '{module_pass.name}' left a module that is not valid"):
        verify(module)
        for fault in weight_faults(module, _weights(ctx), absent):
            raise fault.error()


def _weights(ctx: Context) -> Mapping[str, np.ndarray]:
    """The weights of a context; none as long as nobody has given or made any."""
    return ctx.weights if isinstance(ctx, AipuContext) and ctx.has_weights else {}
