"""From the text of a pipeline to passes, and from passes to a changed module."""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import nearest
from ..pipelines import PIPELINES, Stage
from .faults import Step
from .names import drop_empty_names
from .observer import Observer
from .options import instantiate
from .pipeline_text import Element, parse_pipeline, pipeline_error
from .verification import verify

Registry = Mapping[str, Callable[[], type[ModulePass]]]


def build_pipeline(
    text: str,
    registry: Registry,
    pipelines: Mapping[str, Sequence[Stage]] = PIPELINES,
) -> list[ModulePass]:
    """The passes that `text` names, named pipelines replaced by what they stand for.

    Raises:
        PipelineError: the text is malformed, or names what does not exist.
    """
    passes: list[ModulePass] = []
    for element in parse_pipeline(text):
        for expanded in _expand(element, text, pipelines):
            if expanded.name not in registry:
                raise pipeline_error(
                    text,
                    element.offset,
                    f"unknown pass or pipeline '{expanded.name}'",
                    nearest(expanded.name, [*registry, *pipelines]),
                )
            passes.append(instantiate(registry[expanded.name](), expanded, text))
    return passes


def _expand(
    element: Element, text: str, pipelines: Mapping[str, Sequence[Stage]]
) -> list[Element]:
    """The elements of a named pipeline; any other element as it is."""
    if element.name not in pipelines:
        return [element]
    if element.options:
        raise pipeline_error(
            text,
            element.offset,
            f"the pipeline '{element.name}' takes no options",
            "write out its passes and give the option to the one it belongs to",
        )
    return [
        Element(inner.name, element.offset, inner.options)
        for stage in pipelines[element.name]
        for part in parse_pipeline(stage.text)
        for inner in _expand(part, stage.text, pipelines)
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
    drop_empty_names(module)
    for observer in observers:
        observer.begin(module)
    for module_pass in passes:
        start = perf_counter()
        with Step(f"pass '{module_pass.name}'"):
            module_pass.apply(ctx, module)
        seconds = perf_counter() - start
        with Step(f"pass '{module_pass.name}' left a module that is not valid"):
            verify(module)
        for observer in observers:
            observer.after(module_pass, module, seconds)
    for observer in observers:
        observer.end(module)
