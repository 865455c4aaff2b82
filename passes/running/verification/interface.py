"""The inputs and outputs of a network: who runs it knows them by their names."""

from collections.abc import Iterator, Sequence

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import BlockArgument

from ...authoring.functions import MAIN, input_name, output_name
from .fault import Fault


def interface_faults(module: ModuleOp) -> Iterator[Fault]:
    """Inputs, or outputs, of one name."""
    for function in module.ops:
        if isinstance(function, FuncOp) and function.sym_name.data == MAIN:
            results = range(len(function.function_type.outputs))
            for what, names in (
                ("inputs", [input_name(argument) for argument in _arguments(function)]),
                ("outputs", [output_name(function, number) for number in results]),
            ):
                for number, name in enumerate(names):
                    if name in names[:number]:
                        yield Fault(
                            function, f"two {what} are called '{name}'", "", name
                        )


def _arguments(function: FuncOp) -> Sequence[BlockArgument]:
    return () if function.is_declaration else function.args
