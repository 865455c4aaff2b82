"""What a frontend returns: a module, its weights, and what is known of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xdsl.dialects.builtin import ModuleOp

from ..dialects.semantics.weights import WeightStore
from .preprocessing import Preprocessing


@dataclass(frozen=True)
class ImportedModel:
    """A float network in the `nn` dialect.

    `module` holds one function, `@main`; the attribute `nn.name` of its arguments and
    results is the name that the source model gives them. Every operator carries the
    name of its source node as its location. The function's attribute `nn.runtime` says
    whose integers its pinned tensors are, if that rounds in a way of its own.

    `weights_source` is "model", or "random" if the weights were drawn. `preprocessing`
    says how inputs are made of recordings or images, by their names, if the model does.
    `warnings` are lines about what the model has and the network has otherwise.
    """

    name: str
    module: ModuleOp
    weights: WeightStore
    weights_source: str
    preprocessing: Mapping[str, Preprocessing] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
