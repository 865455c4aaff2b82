"""The part of an exported program that is wanted: its nodes in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import AipuError
from ..cut_names import CutNames
from ..cutting import between, check_order
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
    check_order(nodes, {*given, *constants})
    ends = list(dict.fromkeys(outputs or _outputs(module.signature.output_specs)))
    if not ends:
        raise AipuError("the program has no outputs", place=archive.place)
    check_in_place(nodes, ends)
    needed, kept = between(nodes, given, inputs, outputs, ends, constants)
    return Program(
        nodes=needed,
        inputs=kept,
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
