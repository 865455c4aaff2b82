"""Functions: one of a name, and calls that come to an end.

That a call fits the function that it names, xDSL checks.
"""

from collections.abc import Collection, Iterator, Mapping

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp

from .fault import Fault


def name_faults(module: ModuleOp) -> Iterator[Fault]:
    """Functions that have the name of another one."""
    seen: set[str] = set()
    for op in module.ops:
        if isinstance(op, FuncOp):
            name = op.sym_name.data
            if name in seen:
                yield Fault(op, f"there are two functions @{name}", word=name)
            seen.add(name)


def call_faults(module: ModuleOp, entries: Collection[str]) -> Iterator[Fault]:
    """Calls of what cannot be run, and calls in a circle.

    `entries` are the names of the entry points that the module has.
    """
    functions = {op.sym_name.data: op for op in module.ops if isinstance(op, FuncOp)}
    for function in functions.values():
        for call in calls_of(function):
            name = call.callee.string_value()
            if functions[name].is_declaration and name not in entries:
                yield Fault(
                    call,
                    f"the function @{name} has neither a body nor an entry point",
                    word=name,
                )
    yield from _circles(functions)


def calls_of(function: FuncOp) -> Iterator[CallOp]:
    """The calls in a function."""
    return (op for op in function.walk() if isinstance(op, CallOp))


def _circles(functions: Mapping[str, FuncOp]) -> Iterator[Fault]:
    """Calls by which a function comes to call itself."""
    done: set[str] = set()

    def follow(name: str, above: tuple[str, ...]) -> Iterator[Fault]:
        for call in calls_of(functions[name]):
            callee = call.callee.string_value()
            if callee in (*above, name):
                yield Fault(call, f"@{callee} would call itself", word=callee)
            elif callee not in done:
                yield from follow(callee, (*above, name))
        done.add(name)

    for name in functions:
        yield from follow(name, ())
