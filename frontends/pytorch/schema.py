"""What an exported program is as JSON, as far as it is read here.

The names are those of torch's `_export/serde/schema.py`, schema version 8. Of the
fields of an `Argument`, or of another union, one is set.
"""

from msgspec import Struct

Real = float | str
"""Infinities and NaN are strings: "Infinity", "-Infinity", "NaN"."""


class Extent(Struct, frozen=True):
    """A number, or none if it is an expression: a dynamic extent."""

    as_int: int | None = None


class TensorMeta(Struct, frozen=True):
    """`dtype` is a code, see `elements.py`; strides are in elements."""

    dtype: int
    sizes: list[Extent]
    strides: list[Extent]
    storage_offset: Extent


class Name(Struct, frozen=True):
    name: str


class OptionalName(Struct, frozen=True):
    as_tensor: Name | None = None


class SymbolicInteger(Struct, frozen=True):
    """A number, or the name of one that is computed."""

    as_int: int | None = None


class Argument(Struct, frozen=True):
    """A value that an operator is called with, or the names of what it returns."""

    as_none: bool | None = None
    as_tensor: Name | None = None
    as_tensors: list[Name] | None = None
    as_optional_tensors: list[OptionalName] | None = None
    as_int: int | None = None
    as_ints: list[int] | None = None
    as_sym_ints: list[SymbolicInteger] | None = None
    as_float: Real | None = None
    as_floats: list[Real] | None = None
    as_bool: bool | None = None
    as_bools: list[bool] | None = None
    as_string: str | None = None
    as_scalar_type: int | None = None


class NamedArgument(Struct, frozen=True):
    name: str
    arg: Argument


class Call(Struct, frozen=True):
    """One operator, such as `torch.ops.aten.conv2d.default`."""

    target: str
    inputs: list[NamedArgument]
    outputs: list[Argument]
    metadata: dict[str, str] = {}
    name: str | None = None


class Graph(Struct, frozen=True):
    inputs: list[Argument]
    outputs: list[Argument]
    nodes: list[Call]
    tensor_values: dict[str, TensorMeta]


class UserInput(Struct, frozen=True):
    arg: Argument


class Parameter(Struct, frozen=True):
    arg: Name
    parameter_name: str


class Buffer(Struct, frozen=True):
    arg: Name
    buffer_name: str


class TensorConstant(Struct, frozen=True):
    arg: Name
    tensor_constant_name: str


class InputSpec(Struct, frozen=True):
    """What an input of the graph is: the user's, or one that the archive holds."""

    user_input: UserInput | None = None
    parameter: Parameter | None = None
    buffer: Buffer | None = None
    tensor_constant: TensorConstant | None = None


class BufferMutation(Struct, frozen=True):
    buffer_name: str


class InputMutation(Struct, frozen=True):
    user_input_name: str


class OutputSpec(Struct, frozen=True):
    """What an output of the graph is: the user's, or the new value of something."""

    user_output: UserInput | None = None
    buffer_mutation: BufferMutation | None = None
    user_input_mutation: InputMutation | None = None


class Signature(Struct, frozen=True):
    input_specs: list[InputSpec]
    output_specs: list[OutputSpec]


class GraphModule(Struct, frozen=True):
    graph: Graph
    signature: Signature


class SchemaVersion(Struct, frozen=True):
    major: int
    minor: int


class ExportedProgram(Struct, frozen=True):
    graph_module: GraphModule
    schema_version: SchemaVersion


class Payload(Struct, frozen=True):
    """Where the elements of a tensor lie; those of several may lie in one file."""

    path_name: str
    use_pickle: bool
    tensor_meta: TensorMeta | None = None


class PayloadConfig(Struct, frozen=True):
    """Payloads by the name of the parameter, buffer or constant."""

    config: dict[str, Payload]
