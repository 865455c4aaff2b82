"""Models that are looked into: what is seen of them hangs on no weight."""

from dataclasses import replace

from ...frontends.layers.node import NoWeightsError
from ..building.driver import Build, Model, Options

SEED = 0


def looked_into(model: Model, options: Options) -> Build:
    """A model, imported; its weights are drawn where it has none.

    Raises:
        AipuError: the model or an option is not as it should be.
    """
    try:
        return Build(model, options)
    except NoWeightsError:
        return Build(model, replace(options, random_weights=SEED))
