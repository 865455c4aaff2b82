"""What a cfg asks for, as values: checked, with files relative to the cfg.

Old cfgs quantise in `[AutoQuantizationTool]`, new ones in `[Optimizer]`; both say the
same few things. What cannot be had as asked is a warning or an error, never silence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AipuError, nearest
from ...passes.calibration.observers import BEST
from .cfg_file import CfgFile, Section
from .overrides import Overrides, parse_overrides
from .targets import TARGETS, Target

MODEL_TYPES: Mapping[str, Sequence[str]] = {
    "tensorflow": (".pb",),
    "onnx": (".onnx",),
    "tflite": (".tflite",),
    "caffe": (".caffemodel", ".prototxt"),
    "torch": (".pt2",),
}
"""What a `model_type` reads, by the endings of its files."""

MODES = ("run", "build")
LIST = re.compile(r"\[([^\]]*)\]")
PERCENTILE = re.compile(r"([\d.]*)percentile")
ONLY_INT8 = {
    "weight_bits": "8",
    "activation_bits": "8",
    "bias_bits": "32",
    "lut_items_in_bits": "8",
    "quant_precision": "int8",
    "quant_type": "w8a8",
}
"""The one value of these keys that the machine can do."""


@dataclass(frozen=True)
class Settings:
    """A build as the cfg wants it.

    kind: the `model_type`; model: the file; prototxt: the text of a Caffe network.
    shapes: of the inputs by name; channels_first: they are said to be NCHW.
    calibration: the file of samples, if any.
    activations: how the range of each layer's tensor is chosen.
    inputs: raw files to run on; outputs: files to write.
    random_weights: for a model that has none.
    """

    mode: str
    kind: str
    model: Path
    prototxt: Path | None
    name: str
    shapes: Mapping[str, Sequence[int]]
    outputs_of_model: Sequence[str]
    channels_first: bool
    output_dir: Path
    calibration: Path | None
    activations: Overrides
    activations_place: str
    old_style: bool
    target: Target
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    profile: bool
    random_weights: bool
    quantised_name: str
    log_file: Path | None


def settings(cfg: CfgFile) -> tuple[Settings, list[str]]:
    """The build that `cfg` wants, and what of it will be done otherwise.

    Raises:
        AipuError: a key that must be there is missing, or a value is none of those
            that the key can have.
    """
    return _Reading(cfg).run()


class _Reading:
    """Reads one cfg and collects warnings on the way."""

    def __init__(self, cfg: CfgFile):
        self.cfg = cfg
        self.folder = cfg.path.parent
        self.warnings: list[str] = []
        common, parser = cfg.section("common"), cfg.section("parser")
        self.common = common
        self.parser = Section(common | parser)
        self.old_style = any(
            name.startswith("autoquantizationtool") for name in cfg.sections
        )
        self.quantiser = self.of_the_network(
            "autoquantizationtool" if self.old_style else "optimizer"
        )
        self.builder = cfg.section("gbuilder")

    def run(self) -> tuple[Settings, list[str]]:
        self.check_quantiser()
        model = self.model()
        name = self.parser.text("model_name") or self.quantiser.text(
            "model_name", model.stem
        )
        suffix = "int8" if self.old_style else "o"
        made = Settings(
            mode=self.choice(self.common, "mode", MODES, "run"),
            kind=self.kind(),
            model=model,
            prototxt=self.file(self.parser, "caffe_prototxt"),
            name=name,
            shapes=self.shapes(),
            outputs_of_model=self.names(self.parser.text("output")),
            channels_first=self.channels_first(),
            output_dir=self.folder / self.output_dir(),
            calibration=self.calibration(),
            activations=self.activations(),
            activations_place=self.activations_place(),
            old_style=self.old_style,
            target=self.target(),
            inputs=self.files(self.builder, "inputs"),
            outputs=self.files(self.builder, "outputs"),
            profile=self.flag("profile"),
            random_weights=self.flag("random-init"),
            quantised_name=self.quantised_name(f"{name}_{suffix}"),
            log_file=self.file(self.common, "log_file"),
        )
        return made, self.warnings

    def of_the_network(self, tool: str) -> Section:
        """How to quantise: `[tool]`; without one, the first numbered section.

        A build through TVM has a section for each part that it cuts a network into.
        Here it is one network, and what the other sections say changes nothing.
        """
        sections = [name for name in self.cfg.sections if name.startswith(tool)]
        chosen = tool if tool in sections else min(sections, default=tool)
        for name in sections:
            if name != chosen:
                self.warnings.append(
                    f"{self.cfg.path}: [{name}] changes nothing: the network is "
                    f"quantised as one, by [{chosen}]"
                )
        return self.cfg.section(chosen)

    def kind(self) -> str:
        return self.choice(self.parser, "model_type", MODEL_TYPES, "tensorflow")

    def model(self) -> Path:
        """The file of the network; its ending must be one of its `model_type`."""
        kind = self.kind()
        model = self.file(self.parser, "input_model")
        if model is None:
            raise AipuError("[Parser] has no 'input_model'", place=str(self.cfg.path))
        if model.suffix not in MODEL_TYPES[kind]:
            raise AipuError(
                f"a model of the type '{kind}' ends in "
                f"{' or '.join(MODEL_TYPES[kind])}, found '{model.name}'",
                place=self.parser.place("input_model"),
                remedy=f"set 'model_type', one of {', '.join(MODEL_TYPES)}",
            )
        return model

    def shapes(self) -> dict[str, list[int]]:
        """`input=a,b` and `input_shape=[1,3],[4]` side by side."""
        names = self.names(self.parser.text("input"))
        text = self.parser.text("input_shape")
        shapes = [self.extents(found) for found in LIST.findall(text)]
        if shapes and len(shapes) != len(names):
            raise AipuError(
                f"{len(names)} inputs and {len(shapes)} shapes",
                place=self.parser.place("input_shape"),
            )
        return dict(zip(names, shapes, strict=False)) or {name: [] for name in names}

    def extents(self, text: str) -> list[int]:
        numbers = self.names(text)
        if not all(number.isdecimal() and int(number) for number in numbers):
            raise AipuError(
                f"expected positive extents, found [{text}]",
                place=self.parser.place("input_shape"),
            )
        return [int(number) for number in numbers]

    def channels_first(self) -> bool:
        layout = self.parser.text("input_data_format") or self.parser.text(
            "input_layout"
        )
        return layout.upper() == "NCHW"

    def output_dir(self) -> str:
        return self.parser.text("output_dir") or self.quantiser.text("output_dir", ".")

    def quantised_name(self, default: str) -> str:
        return self.quantiser.text("quant_ir_name") or self.quantiser.text(
            "out_ir_name", default
        )

    def calibration(self) -> Path | None:
        return self.file(self.quantiser, "calibration_data")

    def activations(self) -> Overrides:
        """The method of each range, in the words of `calibrate`."""
        text = self.quantiser.text(self.strategy_key(), BEST)
        written = parse_overrides(text.lower(), self.activations_place())
        rules = tuple((nodes, self.method(value)) for nodes, value in written.rules)
        return Overrides(self.method(written.value), rules)

    def strategy_key(self) -> str:
        old = "calibration_method"
        return old if self.old_style else "calibration_strategy_for_activation"

    def activations_place(self) -> str:
        key = self.strategy_key()
        return self.quantiser.place(key) if key in self.quantiser else ""

    def method(self, strategy: str) -> str:
        """`calibrate` options for a strategy; the nearest ones where it has no such."""
        if strategy in ("extrema", "minmax"):
            return "min-max"
        if strategy in ("mean", BEST):
            return strategy
        if found := PERCENTILE.fullmatch(strategy):
            return f"percentile={found[1] or 99.999}"
        self.warnings.append(
            f"{self.activations_place()}: no strategy '{strategy}' here, ranges are "
            "the best of several"
        )
        return BEST

    def check_quantiser(self) -> None:
        """Warn of precisions and scales that are other ones here."""
        for key, only in ONLY_INT8.items():
            value = self.quantiser.text(key, only).lower()
            overrides = parse_overrides(value, self.cfg.path.name)
            if {overrides.value, *(v for _, v in overrides.rules)} - {only, "disable"}:
                self.warnings.append(
                    f"{self.quantiser.place(key)}: '{key}' is {only} here, "
                    "the machine has no other"
                )
        asked = self.quantiser.text("quantize_method_for_weight")
        if asked and not asked.startswith("per_channel_symmetric"):
            self.warnings.append(
                f"{self.quantiser.place('quantize_method_for_weight')}: weights are "
                "symmetric with a scale for each ofm channel here, which is finer"
            )
        asked = self.quantiser.text("quantize_method_for_activation")
        if asked and asked != "per_tensor_asymmetric":
            self.warnings.append(
                f"{self.quantiser.place('quantize_method_for_activation')}: "
                "activations are asymmetric with a scale for each tensor here"
            )

    def target(self) -> Target:
        """The machine that stands for the vendor's name of it."""
        name = self.builder.text("target", "Z1_0701")
        if name not in TARGETS:
            place = self.builder.place("target") if "target" in self.builder else ""
            raise AipuError(
                f"no machine for the target '{name}'",
                place=place,
                remedy=nearest(name, TARGETS),
            )
        target = TARGETS[name]
        if target.estimate:
            self.warnings.append(
                f"the target '{name}' stands for the machine '{target.machine}': an "
                "estimate, nobody has measured that chip"
            )
        return target

    def flag(self, key: str) -> bool:
        """A switch of [GBuilder]."""
        return self.choice(self.builder, key, ("true", "false"), "false") == "true"

    def choice(
        self,
        section: Section,
        key: str,
        values: Mapping[str, object] | Sequence[str],
        default: str,
    ) -> str:
        value = section.text(key, default).lower()
        if value not in values:
            raise AipuError(
                f"'{key}' cannot be '{value}'",
                place=section.place(key),
                remedy=nearest(value, values),
            )
        return value

    def file(self, section: Section, key: str) -> Path | None:
        """A file by its path, which is relative to the cfg."""
        text = section.text(key)
        return self.folder / Path(text).expanduser() if text else None

    def files(self, section: Section, key: str) -> list[Path]:
        return [self.folder / name for name in self.names(section.text(key))]

    def names(self, text: str) -> list[str]:
        """The parts of a list with commas."""
        return [part.strip() for part in text.split(",") if part.strip()]
