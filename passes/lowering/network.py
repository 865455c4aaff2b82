"""What the entry points make together, read off the calls of `@main`.

func.func @main(%image) {               aipu.network inputs [image] outputs [fc] {
  %0 = func.call @segment_0(%image)       aipu.tensor "image" layout [0, 2, 3, 1] ...
  %1 = func.call @segment_1(%0)     ==>   aipu.tensor "fc" ...
  %2 = func.call @segment_2(%1)           aipu.segment "segment_1" inputs [image] ...
  func.return %2                        }
}

The segments of the host before the machine's and behind them are left to whoever calls
the network; those in between are steps of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import BlockArgument, Operation, OpResult, SSAValue

from ...backend_aipu.codegen_network import tensor_of
from ...backend_aipu.network import Network, Segment, Tensor
from ...dialects import nn
from ...dialects.locations import source_name
from ..authoring.functions import MAIN, input_name, output_name
from ..authoring.segments import functions, machine_functions

Axes = tuple[int, ...]


def network_of(module: ModuleOp) -> Network | None:
    """The network of a module; None where no `@main` says what its functions make."""
    found = {function.sym_name.data: function for function in functions(module)}
    if MAIN not in found:
        return None
    machine = {function.sym_name.data for function in machine_functions(module)}
    if MAIN in machine:
        return network_of_one(found[MAIN])
    calls = [op for op in found[MAIN].body.block.ops if isinstance(op, CallOp)]
    return _Reading(found, calls, steps(calls, machine)).network()


def network_of_one(main: FuncOp) -> Network:
    """The network of a `@main` that is an entry point itself."""
    tensors = _Tensors()
    names = (
        [tensors.add(value, input_name(value), _axes(value)) for value in main.args],
        [
            tensors.add(value, output_name(main, number), _axes(value))
            for number, value in enumerate(_returned(main))
        ],
    )
    inputs, outputs = map(tuple, names)
    segment = Segment(MAIN, inputs, outputs)
    return Network(inputs, outputs, tensors.table, (segment,))


def steps(calls: Sequence[CallOp], machine: Collection[str]) -> list[CallOp]:
    """The machine's calls, and the host's that stand between them."""
    behind: set[Operation] = set()
    for call in calls:
        if _callee(call) in machine or any(v.owner in behind for v in call.operands):
            behind.add(call)
    before: set[Operation] = set()
    for call in reversed(calls):
        users = {use.operation for made in call.results for use in made.uses}
        if _callee(call) in machine or users & before:
            before.add(call)
    return [call for call in calls if call in behind and call in before]


class _Tensors:
    """The tensors of a network, each with a name of its own."""

    def __init__(self) -> None:
        self._found: dict[SSAValue, Tensor] = {}

    @property
    def table(self) -> tuple[Tensor, ...]:
        return tuple(self._found.values())

    def add(self, value: SSAValue, name: str, layout: Axes) -> str:
        """The name of a value, the wanted one if it is free."""
        if value not in self._found:
            assert isinstance(value.type, TensorType)
            taken = {tensor.name for tensor in self._found.values()}
            own = next(each for each in _numbered(name) if each not in taken)
            self._found[value] = tensor_of(own, value.type, layout)
        return self._found[value].name


class _Reading:
    """What the steps of a network take and give, and what of the model that is."""

    def __init__(
        self,
        functions: Mapping[str, FuncOp],
        calls: Sequence[CallOp],
        steps: Sequence[CallOp],
    ):
        self.main = functions[MAIN]
        self.functions = functions
        self.calls = {_callee(call): call for call in calls}
        self.steps = steps
        self.made = dict.fromkeys(result for step in steps for result in step.results)
        self.tensors = _Tensors()

    def network(self) -> Network:
        inputs = self._inputs()
        outputs = self._outputs()
        names = self._named(inputs), self._named(outputs)
        segments = tuple(
            Segment(
                _callee(step), self._named(step.operands), self._named(step.results)
            )
            for step in self.steps
        )
        return Network(*names, self.tensors.table, segments)

    def _named(self, values: Sequence[SSAValue]) -> tuple[str, ...]:
        """The names of tensors: of the nodes that make them where nobody named them."""
        return tuple(
            self.tensors.add(value, source_name(self._maker(value)), ())
            for value in values
        )

    def _maker(self, value: SSAValue) -> Operation:
        """The operation that makes a result of a call, in what is called."""
        while isinstance(value, OpResult) and isinstance(value.op, CallOp):
            value = self._through(value.op, value)
        return value.op if isinstance(value, OpResult) else self.main

    def _through(self, call: CallOp, value: OpResult) -> SSAValue:
        return _returned(self.functions[_callee(call)])[value.index]

    def _inputs(self) -> list[SSAValue]:
        """What the steps take from outside, in the order of the model's inputs."""
        taken = dict.fromkeys(
            value
            for step in self.steps
            for value in step.operands
            if value not in self.made
        )
        order: dict[SSAValue, int] = {}
        for value in taken:
            source, axes = self._origin(value, self.main.args)
            if isinstance(source, BlockArgument) and source in self.main.args:
                order[value] = source.index
                self.tensors.add(value, input_name(source), axes)
        return sorted(taken, key=lambda value: order.get(value, len(self.main.args)))

    def _outputs(self) -> list[SSAValue]:
        """What others read of the steps, in the order of the model's outputs."""
        inner = set[Operation](self.steps)
        given = [
            value
            for value in self.made
            if any(use.operation not in inner for use in value.uses)
        ]
        returned = _returned(self.main)
        order: dict[SSAValue, int] = {}
        for number, value in enumerate(returned):
            source, axes = self._origin(value, self.made)
            if source in self.made and source not in order:
                inverse = tuple(map(axes.index, range(len(axes))))
                self.tensors.add(source, output_name(self.main, number), inverse)
            for each in self._reached(value):
                order.setdefault(each, len(order))
        return sorted(given, key=lambda value: order.get(value, len(order)))

    def _origin(
        self, value: SSAValue, sources: Collection[SSAValue]
    ) -> tuple[SSAValue, Axes]:
        """Where a value comes from with nothing but moves and a change of integers.

        Returns:
            A value, one of `sources` if there is such a way, and which of its axes each
            axis of `value` is; none where a reshape cut them anew.
        """
        axes = _axes(value)
        while value not in sources:
            match value:
                case OpResult(op=CallOp() as call):
                    value = self._through(call, value)
                case OpResult(op=nn.TransposeOp() as op):
                    permutation = op.permutation.get_values()
                    axes = tuple(permutation[axis] for axis in axes)
                    value = op.ifm
                case OpResult(op=nn.ReshapeOp(ifm=ifm)):
                    axes, value = (), ifm
                case OpResult(op=nn.QuantiseOp(ifm=ifm) | nn.DequantiseOp(ifm=ifm)):
                    value = ifm
                case BlockArgument() if value not in self.main.args:
                    value = self._given(value)
                case _:
                    break
        return value, axes

    def _given(self, argument: BlockArgument) -> SSAValue:
        """What the call of a function gives as an argument of it."""
        function = argument.block.parent_op()
        assert isinstance(function, FuncOp)
        return self.calls[function.sym_name.data].operands[argument.index]

    def _reached(self, value: SSAValue) -> Iterator[SSAValue]:
        """What a value is computed of, out of what the steps make."""
        waiting, seen = [value], set[SSAValue]()
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            if each in self.made:
                yield each
            elif isinstance(each, BlockArgument):
                if each not in self.main.args:
                    waiting.append(self._given(each))
            elif isinstance(each, OpResult) and isinstance(each.op, CallOp):
                waiting.append(self._through(each.op, each))
            elif isinstance(each, OpResult):
                waiting += reversed(each.op.operands)


def _callee(call: CallOp) -> str:
    return call.callee.string_value()


def _returned(function: FuncOp) -> Sequence[SSAValue]:
    returned = function.get_return_op()
    return () if returned is None else returned.operands


def _axes(value: SSAValue) -> Axes:
    assert isinstance(value.type, TensorType)
    return tuple(range(len(value.type.get_shape())))


def _numbered(name: str) -> Iterator[str]:
    """The name, then `name.2`, `name.3`, ..."""
    yield name
    number = 2
    while True:
        yield f"{name}.{number}"
        number += 1
