"""What a frontend returns: a module, its weights, and what is known of both."""

from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp

from ..dialects.semantics.weights import WeightStore


@dataclass(frozen=True)
class ImportedModel:
    """A float network in the `nn` dialect.

    `module` holds one function, `@main`; the attribute `nn.name` of its arguments and
    results is the name that the source model gives them. Every operator carries the
    name of its source node as its location.

    `weights_source` is "model", or "random" if the weights were drawn.
    """

    name: str
    module: ModuleOp
    weights: WeightStore
    weights_source: str
