"""The names at which a user cuts a network: those of its tensors, or of its nodes.

A node stands for the tensors that it writes, as in the vendor's parser. Where a tensor
and a node have one name, it is the tensor that is meant.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import AipuError, nearest


class UnknownNameError(AipuError):
    """Neither a tensor nor a node has this `name`."""

    def __init__(self, name: str, known: Iterable[str], kind: str = "tensor"):
        super().__init__(
            f"the model has no {kind} '{name}'", remedy=nearest(name, known)
        )
        self.name = name


@dataclass(frozen=True)
class Cut:
    """What a user wants of a network, by the names of tensors.

    inputs, outputs: where it is cut, none for its own ends; shapes: of inputs.
    """

    inputs: Sequence[str]
    outputs: Sequence[str]
    shapes: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class CutNames:
    """What can be named in a model.

    tensors: by their names; nodes: the tensors that each writes, by its name.
    kind: what the format calls a tensor.
    """

    tensors: Collection[str]
    nodes: Mapping[str, Sequence[str]]
    kind: str = "tensor"

    def cut(
        self,
        inputs: Iterable[str],
        outputs: Iterable[str],
        shapes: Mapping[str, Sequence[int]],
    ) -> Cut:
        """What these names mean.

        Raises:
            AipuError: nothing has such a name, or one shape is given for a node that
                writes several tensors.
        """
        return Cut(self.all_meant(inputs), self.all_meant(outputs), self._of(shapes))

    def all_meant(self, names: Iterable[str]) -> list[str]:
        """The tensors that `names` stand for, each once.

        Raises:
            UnknownNameError: nothing has such a name.
        """
        return list(dict.fromkeys(t for name in names for t in self._meant(name)))

    def _meant(self, name: str) -> Sequence[str]:
        if name in self.tensors:
            return [name]
        if name in self.nodes:
            return self.nodes[name]
        raise UnknownNameError(name, {*self.tensors, *self.nodes}, self.kind)

    def _of(self, shapes: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
        found: dict[str, Sequence[int]] = {}
        for name, shape in shapes.items():
            tensors = [] if name in self.tensors else self.nodes.get(name, [])
            if len(tensors) > 1:
                raise AipuError(
                    f"one shape for the {len(tensors)} {self.kind}s that it writes: "
                    f"{', '.join(tensors)}",
                    place=f"node '{name}'",
                )
            # An unknown name is told of where the shapes are settled.
            found[tensors[0] if tensors else name] = shape
        return found
