"""The program of a module: sound by itself, and of the functions that it stands for."""

from collections.abc import Iterator
from math import prod

from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from ....backend_aipu.codegen import operation_of, to_program
from ....backend_aipu.faults import OperationError
from ....backend_aipu.program import Entry, Program
from ....backend_aipu.validate import describe, find_fault
from ....dialects.aipu import BufferOp, EntryOp, ProgramOp, Space
from ....dialects.quant import UniformType
from .fault import Fault


def entry_names(module: ModuleOp) -> set[str]:
    """The names of the entry points of a module."""
    return {
        entry.entry_name.data
        for program in module.ops
        if isinstance(program, ProgramOp)
        for entry in program.body.ops
        if isinstance(entry, EntryOp)
    }


def program_faults(module: ModuleOp) -> Iterator[Fault]:
    """What keeps the program of a module from being run, as text or as binary."""
    first, *others = (op for op in module.ops if isinstance(op, ProgramOp))
    for other in others:
        yield Fault(other, "a module has one program, this is another")
    try:
        program = to_program(first)
    except OperationError as error:
        yield Fault(error.op, error.message)
        return
    fault = find_fault(program)
    if fault is not None:
        op = operation_of(first, fault)
        where = describe(program, fault)
        yield Fault(op, fault.message, fault.remedy, fault.word, where)
        return
    yield from _entry_faults(module, first, program)


def _entry_faults(module: ModuleOp, op: ProgramOp, program: Program) -> Iterator[Fault]:
    """Entry points that do not take and give what their functions do."""
    functions = {f.sym_name.data: f for f in module.ops if isinstance(f, FuncOp)}
    entry_ops = (part for part in op.body.ops if isinstance(part, EntryOp))
    for entry_op, entry in zip(entry_ops, program.entries, strict=True):
        function = functions.get(entry.name)
        if function is None:
            continue
        if not function.is_declaration:
            yield Fault(
                entry_op,
                f"the function @{entry.name} has a body, and an entry point too",
                word=entry.name,
            )
        yield from _interface_faults(entry_op, entry, program, function)


def _interface_faults(
    op: EntryOp, entry: Entry, program: Program, function: FuncOp
) -> Iterator[Fault]:
    types = function.function_type
    for what, buffers, tensors in (
        ("inputs", entry.inputs, types.inputs.data),
        ("outputs", entry.outputs, types.outputs.data),
    ):
        if len(buffers) != len(tensors):
            yield Fault(
                op,
                f"the entry point has {len(buffers)} {what}, the function "
                f"@{entry.name} has {len(tensors)}",
                word=what,
            )
            return
        for name, tensor in zip(buffers, tensors, strict=True):
            buffer = program.buffer(name)
            if buffer.bytes * buffer.slots != _bytes(tensor):
                yield Fault(
                    op,
                    f"the buffer '{name}' holds {buffer.bytes * buffer.slots} bytes, "
                    f"the function @{entry.name} has {tensor} there",
                    word=name,
                )


def weight_key(op: Operation) -> str | None:
    """The key of the weight that a buffer holds; None if it holds no weight."""
    assert isinstance(op, BufferOp)
    return op.buffer_name.data if op.value.type.data is Space.WEIGHTS else None


def weight_bytes(op: Operation) -> int:
    """How many bytes a buffer has."""
    assert isinstance(op, BufferOp)
    return op.bytes.value.data * op.slots.value.data


def _bytes(tensor: Attribute) -> int | None:
    """Of a tensor as the machine holds it: integers; None of any other."""
    if not isinstance(tensor, TensorType):
        return None
    element = tensor.element_type
    if not isinstance(element, UniformType):
        return None
    return prod(tensor.get_shape()) * element.storage.width.data // 8
