"""A whole network as an IR: text and constants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from xdsl.dialects.builtin import IntegerType
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.locations import place
from ....frontends.zhouyi_ir.block import Block
from ....frontends.zhouyi_ir.constants import ConstantWriter
from ....frontends.zhouyi_ir.generic import properties_of
from ....frontends.zhouyi_ir.layer import INPUT, PLAIN
from ....frontends.zhouyi_ir.layer_types import LAYER_TYPES, layer_type
from ....frontends.zhouyi_ir.text import Text, write_text
from ....frontends.zhouyi_ir.values import Value, value_text
from .ends import Ends
from .forms import FORMS, has_form
from .names import Names
from .sheet import Sheet, put_element, stored, type_name
from .straight import Straight

QUANTISED = {
    "is_perf_mode": "true",
    "unquantifiable": "false",
    "activation_quantization_axis": "[None]",
}
"""What the Optimizer says of every layer that it has quantised."""


class Style(Enum):
    """Whose header a text has, that of Arm-China's Parser or of its Optimizer."""

    PARSER = auto()
    OPTIMIZER = auto()


@dataclass(frozen=True)
class Written:
    """Both files, and what the IR could not say in its own words."""

    text: str
    data: bytes
    warnings: Sequence[str]


def write_ir(
    network: Straight,
    weights: Mapping[str, np.ndarray],
    name: str,
    *,
    style: Style = Style.OPTIMIZER,
    precision: str = "float32",
    domain: str = "image_classification",
) -> Written:
    """The IR of a network.

    Args:
        network: on reals, on integers, or on both.
        weights: the store that its `nn.weight` read.
        name: of the model; the file of constants is `name.bin`.
        style: of the header.
        precision, domain: what a header in the Parser's style says of the network.
    """
    return _Writer(network, weights, precision, domain).run(name, style)


@dataclass
class _Writer:
    network: Straight
    weights: Mapping[str, np.ndarray]
    precision: str
    domain: str
    constants: ConstantWriter = field(default_factory=ConstantWriter)
    blocks: list[Block] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    layers: Names = field(default_factory=Names)
    tensors: dict[SSAValue, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ends = Ends(self.network)

    def run(self, name: str, style: Style) -> Written:
        for wanted, value in self.ends.inputs.items():
            self.layer(wanted, INPUT, [], value, {})
        for op in self.network.operators:
            if op not in self.ends.dropped:
                self.operator(op)
        for wanted, value in self.ends.copies:
            fields = {"shape": value_text(list(nn.shape(value)))}
            self.layer(wanted, "Reshape", [value], value, fields, top=wanted)
        inputs = [self.tensors[value] for value in self.ends.inputs.values()]
        values = {"input_tensors": inputs, "output_tensors": self.ends.output_names}
        header = Block({**self.header(name, style), **_texts(values)})
        text = write_text(Text(header, self.blocks))
        return Written(text, self.constants.data(), self.warnings)

    def header(self, name: str, style: Style) -> dict[str, str]:
        """What stands before the names of the tensors."""
        count = {"layer_number": str(len(self.blocks))}
        if style is Style.OPTIMIZER:
            return {"model_name": name, **count}
        return {
            "model_name": name,
            "model_domain": self.domain,
            **count,
            "precision": self.precision,
            "compat_quantized_model": "false",
            "model_bin": f"./{name}.bin",
        }

    def operator(self, op: nn.Operator) -> None:
        """Write an operator, and the constants that it reads as tensors before it."""
        sheet = Sheet(self.weights, self.constants)
        kind = layer_type(op) if has_form(op) else op.name
        if has_form(op):
            fill(op, sheet)
        else:
            sheet.fields |= properties_of(op)
            self.warnings.append(f"{place(op)}: the IR has no word for {kind}")
        bottoms = [v for v in op.operands if v not in sheet.embedded]
        for value in bottoms:
            self.constant(value)
        self.layer(place(op), kind, bottoms, op.ofm, sheet.fields)

    def constant(self, value: SSAValue) -> None:
        """Write a constant that is a tensor of its own, once."""
        weight = value.owner
        if not isinstance(weight, nn.WeightOp) or value in self.tensors:
            return
        array = stored(value, self.weights[weight.key.data])
        fields = self.constants.add("weights", array)
        plain = isinstance(nn.element_type(value), IntegerType)
        self.layer(weight.key.data, PLAIN if plain else "Constant", [], value, fields)

    def layer(
        self,
        wanted: str,
        kind: str,
        bottoms: Sequence[SSAValue],
        ofm: SSAValue,
        fields: Mapping[str, str],
        top: str = "",
    ) -> None:
        """Write a layer; it is called as wanted, or nearly so."""
        name = self.layers.new(wanted)
        read = [self.ends.origin(value) for value in bottoms]
        top = top or self.ends.name(ofm, name)
        self.tensors.setdefault(ofm, top)
        common = Sheet(self.weights, self.constants)
        tensors: list[Value] = [self.tensors[value] for value in read]
        common.put(
            layer_id=len(self.blocks),
            layer_name=name,
            layer_type=kind,
            layer_bottom=tensors,
            layer_bottom_shape=[list(nn.shape(value)) for value in read],
            layer_bottom_type=[type_name(value) for value in read],
            layer_top=[top],
            layer_top_shape=[list(nn.shape(ofm))],
            layer_top_type=[type_name(ofm)],
        )
        put_element(common, ofm)
        extra = QUANTISED if "layer_top_scale" in common.fields else {}
        own = {**common.fields, **fields}
        self.blocks.append(
            Block({**own, **{k: v for k, v in extra.items() if k not in own}})
        )


def fill(op: nn.Operator, sheet: Sheet) -> None:
    """Write what an operator does."""
    _, method = LAYER_TYPES.get(type(op), ("", ""))
    if method:
        sheet.put(method=method)
    if type(op) in FORMS:
        FORMS[type(op)](op, sheet)


def _texts(values: Mapping[str, Sequence[Value]]) -> dict[str, str]:
    return {key: value_text(value) for key, value in values.items()}
