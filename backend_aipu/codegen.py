"""The `aipu` dialect to a program, and back: the same instructions in two forms."""

from collections.abc import Iterator, Mapping, Sequence

from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.irdl import IRDLOperation

from ..dialects import aipu
from ..dialects.aipu import NamesAttr
from ..dialects.locations import named, source_name
from ..dialects.value_names import value_name
from .codegen_network import to_network, to_network_operation
from .faults import Fault, OperationError
from .isa import BY_MNEMONIC, BY_OPERATION
from .network import Network
from .program import Buffer, Entry, Instruction, Program, Reference


def to_program(op: aipu.ProgramOp) -> Program:
    """The program of a module's `aipu.program`.

    Raises:
        OperationError: it holds another operation, or an operand is no buffer of it.
    """
    buffers: list[Buffer] = []
    entries: list[Entry] = []
    network: Network | None = None
    for part in op.body.ops:
        if isinstance(part, aipu.BufferOp):
            buffers.append(_buffer(part))
        elif isinstance(part, aipu.EntryOp):
            entries.append(_entry(part, op.tokens.data))
        elif isinstance(part, aipu.NetworkOp) and network is None:
            network = to_network(part)
        else:
            raise OperationError(
                part, f"{part.name} is neither a buffer nor an entry nor the network"
            )
    return Program(
        op.target.data, op.tokens.data, tuple(buffers), tuple(entries), network
    )


def _buffer(op: aipu.BufferOp) -> Buffer:
    return Buffer(
        op.buffer_name.data,
        op.value.type.data,
        op.address.value.data,
        op.bytes.value.data,
        op.slots.value.data,
    )


def _entry(op: aipu.EntryOp, tokens: Sequence[str]) -> Entry:
    return Entry(
        op.entry_name.data,
        op.inputs.data,
        op.outputs.data,
        tuple(_instructions(op.body.block, tokens)),
    )


def _instructions(block: Block, tokens: Sequence[str]) -> Iterator[Instruction]:
    for op, ends in _flat(block):
        source = source_name(op)
        if ends:
            yield Instruction("end", source=source)
            continue
        spec = BY_OPERATION.get(type(op))
        if spec is None:
            raise OperationError(op, f"{op.name} is not an instruction")
        fields = {field.name: field.read(op) for field in spec.fields}
        if isinstance(op, aipu.InstructionOp):
            wait = _in_order(op.wait.data, tokens)
            signal = _in_order(op.signal.data, tokens)
            yield Instruction(spec.mnemonic, fields, wait, signal, source)
        else:
            yield Instruction(spec.mnemonic, fields, source=source)


def _flat(block: Block) -> Iterator[tuple[Operation, bool]]:
    """The operations of a body in order, a loop again where it `ends`."""
    for op in block.ops:
        yield op, False
        if isinstance(op, aipu.LoopOp):
            yield from _flat(op.body.block)
            yield op, True


def operation_of(op: aipu.ProgramOp, fault: Fault) -> Operation:
    """The operation that says what is wrong with the program of `op`."""
    parts = list(op.body.ops)
    if fault.in_network:
        return _part_of_network(op, fault)
    if fault.buffer >= 0:
        return [part for part in parts if isinstance(part, aipu.BufferOp)][fault.buffer]
    if fault.entry < 0:
        return op
    entries = [part for part in parts if isinstance(part, aipu.EntryOp)]
    entry = entries[fault.entry]
    if fault.instruction < 0:
        return entry
    instruction, _ = list(_flat(entry.body.block))[fault.instruction]
    return instruction


def _part_of_network(op: aipu.ProgramOp, fault: Fault) -> Operation:
    """The operation that says what is wrong with the network of `op`."""
    network = next(part for part in op.body.ops if isinstance(part, aipu.NetworkOp))
    parts = list(network.body.ops)
    if fault.tensor >= 0:
        return [part for part in parts if isinstance(part, aipu.TensorOp)][fault.tensor]
    if fault.segment >= 0:
        segments = [part for part in parts if isinstance(part, aipu.SegmentOp)]
        return segments[fault.segment]
    return network


def _in_order(names: Sequence[str], tokens: Sequence[str]) -> tuple[str, ...]:
    """The names in the order of the program's tokens, as a program has them."""
    numbers = {token: number for number, token in enumerate(tokens)}
    return tuple(sorted(names, key=lambda name: numbers.get(name, len(tokens))))


def to_operation(program: Program) -> aipu.ProgramOp:
    """The `aipu.program` of a sound program (see `validate`)."""
    buffer_ops = [
        aipu.BufferOp(b.name, b.space, b.address, b.bytes, b.slots)
        for b in program.buffers
    ]
    values = {op.buffer_name.data: op.value for op in buffer_ops}
    for name, value in values.items():
        value.name_hint = value_name(name)
    entries = [
        aipu.EntryOp(
            entry.name,
            entry.inputs,
            entry.outputs,
            _body(iter(entry.instructions), values),
        )
        for entry in program.entries
    ]
    network = [] if program.network is None else [to_network_operation(program.network)]
    return aipu.ProgramOp(
        program.target, program.tokens, [*network, *buffer_ops, *entries]
    )


def _body(
    instructions: Iterator[Instruction], values: Mapping[str, SSAValue]
) -> list[Operation]:
    """The operations up to the end of the loop."""
    ops: list[Operation] = []
    for instruction in instructions:
        if instruction.mnemonic == "end":
            break
        op = to_instruction_operation(instruction, values)
        if isinstance(op, aipu.LoopOp):
            op.body.block.add_ops(_body(instructions, values))
        ops.append(op)
    return ops


def to_instruction_operation(
    instruction: Instruction, values: Mapping[str, SSAValue]
) -> Operation:
    """The operation of one instruction; `values` are the buffers by name."""
    spec = BY_MNEMONIC[instruction.mnemonic]
    assert spec.operation is not None and issubclass(spec.operation, IRDLOperation)
    properties = {
        name: attribute
        for field in spec.fields
        for name, attribute in field.write(instruction.fields[field.name]).items()
    }
    if issubclass(spec.operation, aipu.InstructionOp):
        properties["wait"] = NamesAttr(instruction.wait)
        properties["signal"] = NamesAttr(instruction.signal)
    operands = (
        instruction.fields[name]
        for name, _ in spec.operation.get_irdl_definition().operands
    )
    return spec.operation.create(
        operands=[values[r.buffer] for r in operands if isinstance(r, Reference)],
        properties=properties,
        regions=[Region(Block())] if spec.operation is aipu.LoopOp else [],
        location=named(instruction.source),
    )
