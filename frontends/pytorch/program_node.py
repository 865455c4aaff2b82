"""One call of an operator in an exported program, with a name for people."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .schema import Argument, Call


@dataclass(frozen=True)
class ProgramNode:
    """A call of an operator, under the path of its module.

    A module that makes several calls has the name of the call behind its path:
    `layer1.0.conv1`, `layer1.0/add_3`.
    """

    name: str
    call: Call

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """The arguments, by the names that the operator gives them."""
        return {given.name: given.arg for given in self.call.inputs}

    @property
    def target(self) -> str:
        """The operator with its overload: `aten.conv2d.default`."""
        return self.call.target.removeprefix("torch.ops.")

    @property
    def operator(self) -> str:
        """The operator without its overload: `aten.conv2d`."""
        return self.target.rpartition(".")[0] or self.target

    @property
    def place(self) -> str:
        """What an error calls the node."""
        return f"node '{self.name}' ({self.target})"

    @property
    def reads(self) -> list[str]:
        """The tensors that it reads."""
        arguments = (given.arg for given in self.call.inputs)
        return [name for argument in arguments for name in tensors_of(argument)]

    @property
    def writes(self) -> list[str]:
        """The tensors that it returns, in order."""
        return [name for output in self.call.outputs for name in tensors_of(output)]


def tensors_of(argument: Argument) -> Iterator[str]:
    """The names of the tensors in an argument."""
    if argument.as_tensor is not None:
        yield argument.as_tensor.name
    for tensor in argument.as_tensors or ():
        yield tensor.name
    for optional in argument.as_optional_tensors or ():
        if optional.as_tensor is not None:
            yield optional.as_tensor.name


def named_nodes(calls: Sequence[Call]) -> list[ProgramNode]:
    """The nodes of a graph, each with a name of its own."""
    paths = [_module_path(call) for call in calls]
    count = Counter(paths)
    nodes: list[ProgramNode] = []
    for call, path in zip(calls, paths, strict=True):
        own = call.name or next(iter(ProgramNode("", call).writes), "")
        alone = path and count[path] == 1
        whole = path if alone else f"{path}/{own}" if path else own
        nodes.append(ProgramNode(whole, call))
    return nodes


def _module_path(call: Call) -> str:
    """The path of the innermost module, from a stack `key,path,type;key,path,type`."""
    innermost = call.metadata.get("nn_module_stack", "").rpartition(";")[2]
    return innermost.partition(",")[2].partition(",")[0]
