"""Checking a module between passes: every operation, and the order of values."""

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, Region, SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ..place import place


def verify(module: ModuleOp) -> None:
    """Check every operation, and that every value is made before it is read.

    Raises:
        AipuError: an operation is wrong; it says where the operation comes from.
    """
    try:
        module.verify()
    except (VerifyException, ValueError) as error:
        raise AipuError(str(error), place=_culprit(module)) from error
    _verify_order(module.body, set())


def verify_weights(module: ModuleOp, store: WeightStore) -> None:
    """Check that `store` has every weight that the module names, in its shape.

    A module may do without weights altogether, as long as nothing asks for numbers.
    """
    for op in module.walk():
        if isinstance(op, nn.WeightOp) and store:
            found, expected = store[op.key.data].shape, nn.shape(op.value)
            if found != expected:
                raise AipuError(
                    f'the weight "{op.key.data}" has shape {list(found)} in the weight '
                    f"store, its type says {list(expected)}",
                    place=place(op),
                )


def _culprit(module: ModuleOp) -> str:
    """The place of the first operation that is wrong by itself."""
    for op in module.walk():
        try:
            op.verify(verify_nested_ops=False)
        except (VerifyException, ValueError):
            return place(op)
    return ""


def _verify_order(region: Region, known: set[SSAValue]) -> None:
    """Reject a value that is read before it is made; xDSL's own verifier lets it pass.

    `known` are the values made before the region, and after the call again.
    """
    made: list[SSAValue] = []
    for block in region.blocks:
        known.update(block.args)
        made.extend(block.args)
        for op in block.ops:
            _verify_operands(op, known)
            for inner in op.regions:
                _verify_order(inner, known)
            known.update(op.results)
            made.extend(op.results)
    known.difference_update(made)


def _verify_operands(op: Operation, known: set[SSAValue]) -> None:
    for operand in op.operands:
        if operand not in known:
            name = f"%{operand.name_hint}" if operand.name_hint else "a value"
            raise AipuError(
                f"{op.name} reads {name} before it is made", place=place(op)
            )
