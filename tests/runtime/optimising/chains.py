"""Modules that are a chain of small operators, each of a node of its own."""

from collections.abc import Sequence

TYPE = "tensor<2x3xf32>"


def chain(nodes: Sequence[str]) -> str:
    """A module of two inputs: a node `clamp...` is a clamp, others a sum with `%y`."""
    lines = [f"func.func @main(%x: {TYPE}, %y: {TYPE}) -> {TYPE} {{"]
    last = "%x"
    for number, node in enumerate(nodes):
        operator = (
            f"nn.clamp {last} [-1024.0, 1024.0] : ({TYPE}) -> {TYPE}"
            if node.startswith("clamp")
            else f"nn.add {last}, %y : ({TYPE}, {TYPE}) -> {TYPE}"
        )
        lines.append(f'  %{number} = {operator} loc("{node}")')
        last = f"%{number}"
    return "\n".join([*lines, f"  func.return {last} : {TYPE}", "}", ""])
