"""Modules that are a chain of small operators, each of a node of its own."""

from collections.abc import Sequence

TYPE = "tensor<2x3xf32>"


def chain(nodes: Sequence[str]) -> str:
    """A module of two inputs: a clamp for each node `clamp...`, else a sum."""
    lines = [f"func.func @main(%x: {TYPE}, %y: {TYPE}) -> {TYPE} {{"]
    last, before = "%x", "%y"
    for number, node in enumerate(nodes):
        operator = (
            f"nn.clamp {last} [-64.0, 64.0] : ({TYPE}) -> {TYPE}"
            if node.startswith("clamp")
            else f"nn.add {last}, {before} : ({TYPE}, {TYPE}) -> {TYPE}"
        )
        lines.append(f'  %{number} = {operator} loc("{node}")')
        last, before = f"%{number}", last
    return "\n".join([*lines, f"  func.return {last} : {TYPE}", "}", ""])
