"""Every operation by itself, and the order of values."""

from collections.abc import Iterator

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Region, SSAValue
from xdsl.utils.exceptions import VerifyException

from .fault import Fault


def operation_faults(module: ModuleOp) -> Iterator[Fault]:
    """Operations that are wrong, or that read a value before it is made."""
    try:
        module.verify()
    except (VerifyException, ValueError) as error:
        inner = list(_wrong_by_themselves(module))
        yield from _out_of_order(module.body, set())
        yield from inner
        yield Fault(module, str(error))
    yield from _out_of_order(module.body, set())


def _wrong_by_themselves(module: ModuleOp) -> Iterator[Fault]:
    for op in module.walk():
        try:
            op.verify(verify_nested_ops=False)
        except (VerifyException, ValueError) as error:
            yield Fault(op, str(error))


def _out_of_order(region: Region, known: set[SSAValue]) -> Iterator[Fault]:
    """Operations that read a value before it is made; xDSL allows that.

    `known` are the values made before the region, and after the call again.
    """
    made: list[SSAValue] = []
    for block in region.blocks:
        known.update(block.args)
        made.extend(block.args)
        for op in block.ops:
            for operand in op.operands:
                if operand not in known:
                    name = f"%{operand.name_hint}" if operand.name_hint else "a value"
                    yield Fault(op, f"{op.name} reads {name} before it is made")
            for inner in op.regions:
                yield from _out_of_order(inner, known)
            known.update(op.results)
            made.extend(op.results)
    known.difference_update(made)
