"""The part of an exported program that is wanted: its nodes in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...errors import AipuError
from ..cut_names import CutNames
from .archive import Archive
from .in_place import check_in_place
from .program_node import ProgramNode, named_nodes, tensors_of
from .schema import InputSpec, OutputSpec, TensorMeta


@dataclass(frozen=True)
class Program:
    """The nodes between `inputs` and `outputs`, each after those that it reads.

    `constants` maps a tensor to the name of the parameter, buffer or constant that it
    is, `declared` to what the program says of it.
    """

    nodes: Sequence[ProgramNode]
    inputs: Sequence[str]
    outputs: Sequence[str]
    constants: Mapping[str, str]
    declared: Mapping[str, TensorMeta]


def select(
    archive: Archive, inputs: Sequence[str] = (), outputs: Sequence[str] = ()
) -> Program:
    """The part of the program that computes `outputs` from `inputs`, tensors by name.

    Raises:
        UnsupportedError: the program changes tensors in place, and that shows.
        AipuError: a name is unknown, the part depends on more than `inputs`, or a
            tensor is written twice, or read before it is written.
    """
    module = archive.program.graph_module
    given, constants = _inputs(module.signature.input_specs)
    nodes = named_nodes(module.graph.nodes)
    writers = _writers(nodes, {*given, *constants})
    ends = list(dict.fromkeys(outputs or _outputs(module.signature.output_specs)))
    if not ends:
        raise AipuError("the program has no outputs", place=archive.place)
    check_in_place(nodes, ends)
    starts = list(dict.fromkeys(inputs or given))
    needed, used = _needed(nodes, writers, ends, {*starts, *constants})
    for name in inputs:
        if name not in used:
            raise AipuError(f"the outputs do not depend on '{name}'")
    for name in given:
        if name in used and name not in starts:
            raise AipuError(
                f"the outputs also depend on the input '{name}'",
                remedy=f"name it among the inputs: --input {name}",
            )
    return Program(
        nodes=[nodes[position] for position in sorted(needed)],
        inputs=[name for name in starts if name in used or not outputs],
        outputs=ends,
        constants=constants,
        declared=module.graph.tensor_values,
    )


def cut_names(archive: Archive) -> CutNames:
    """Where a program can be cut; a node goes by the path of its module."""
    module = archive.program.graph_module
    given, _ = _inputs(module.signature.input_specs)
    nodes = {node.name: node.writes for node in named_nodes(module.graph.nodes)}
    written = (tensor for tensors in nodes.values() for tensor in tensors)
    return CutNames({*given, *written}, nodes)


def _inputs(specs: Sequence[InputSpec]) -> tuple[list[str], dict[str, str]]:
    """The tensors of the user, and those that the archive holds."""
    given: list[str] = []
    constants: dict[str, str] = {}
    for spec in specs:
        if spec.user_input is not None:
            given += tensors_of(spec.user_input.arg)
        elif spec.parameter is not None:
            constants[spec.parameter.arg.name] = spec.parameter.parameter_name
        elif spec.buffer is not None:
            constants[spec.buffer.arg.name] = spec.buffer.buffer_name
        elif spec.tensor_constant is not None:
            constant = spec.tensor_constant
            constants[constant.arg.name] = constant.tensor_constant_name
    return given, constants


def _outputs(specs: Sequence[OutputSpec]) -> list[str]:
    """The tensors that the user gets.

    Raises:
        AipuError: the program also changes something as it runs.
    """
    outputs: list[str] = []
    for spec in specs:
        if spec.buffer_mutation is not None:
            raise AipuError(
                f"it changes its buffer '{spec.buffer_mutation.buffer_name}' as it "
                "runs",
                remedy="call module.eval() before torch.export.export",
            )
        if spec.user_input_mutation is not None:
            name = spec.user_input_mutation.user_input_name
            raise AipuError(f"it changes its input '{name}' as it runs")
        if spec.user_output is not None:
            outputs += tensors_of(spec.user_output.arg)
    return outputs


def _writers(nodes: Sequence[ProgramNode], sources: Collection[str]) -> dict[str, int]:
    """Which node writes a tensor."""
    writers: dict[str, int] = {}
    for position, node in enumerate(nodes):
        for name in node.reads:
            if name not in writers and name not in sources:
                raise AipuError(
                    f"it reads '{name}', which nothing before it writes",
                    place=node.place,
                )
        for name in node.writes:
            if name in writers or name in sources:
                raise AipuError(f"the tensor '{name}' is written twice")
            writers[name] = position
    return writers


def _needed(
    nodes: Sequence[ProgramNode],
    writers: Mapping[str, int],
    ends: Sequence[str],
    sources: Collection[str],
) -> tuple[set[int], set[str]]:
    """The nodes that `ends` depend on, by position, and all that they read."""
    needed: set[int] = set()
    used: set[str] = set()
    waiting = list(ends)
    while waiting:
        name = waiting.pop()
        used.add(name)
        if name in sources or name not in writers or writers[name] in needed:
            continue
        needed.add(writers[name])
        waiting.extend(nodes[writers[name]].reads)
    return needed, used
