"""What a cfg asks for, as values: checked, with files relative to the cfg.

Old cfgs quantise in `[AutoQuantizationTool]`, new ones in `[Optimizer]`; both say the
same few things. What cannot be had as asked is a remark or an error, never silence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import AipuError
from .cfg_file import CfgFile, Section
from .keys.parser import DOMAINS
from .log import Remark
from .model_choice import IR, check_ending, shapes_of
from .overrides import Overrides
from .precision import precision_remarks, strategies
from .samples import DATASETS
from .score_settings import Scoring, scoring
from .targets import R329, Target, target_named

OPTIMIZER_ALONE = (
    "a cfg of the optimizer alone: its IR is quantised, and built for the target"
)
NO_FILE_NAME = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True)
class Settings:
    """A build as the cfg wants it.

    kind: the `model_type`; model: the file; weights: those of a model that has them in
        another file.
    shapes: of the inputs by name; channels_first: they are said to be NCHW.
    calibration: the file of samples, if any; reverses_channels: they are RGB, and the
        network takes BGR.
    activations: how the range of each layer's tensor is chosen.
    scoring: on what the network is to be scored, if it is.
    inputs: raw files to run on; outputs: files to write.
    random_weights: for a model that has none.
    places: the lines of the cfg where keys stand, by their names.
    needed: the files that must be there, by the lines of the cfg that name them.
    """

    mode: str
    kind: str
    model: Path
    weights: Path | None
    name: str
    domain: str
    shapes: Mapping[str, Sequence[int]]
    outputs_of_model: Sequence[str]
    channels_first: bool
    output_dir: Path
    calibration: Path | None
    reverses_channels: bool
    activations: Overrides
    scoring: Scoring | None
    old_style: bool
    target: Target
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    profile: bool
    random_weights: bool
    quantised_name: str
    log_file: Path | None
    places: Mapping[str, str]
    needed: Mapping[str, Path]

    @property
    def reads(self) -> list[Path]:
        """The files that the build reads."""
        files = [self.model, self.weights, self.calibration, *self.inputs]
        if self.scoring is not None:
            files += [self.scoring.data, self.scoring.labels]
        return [file for file in files if file is not None]


def settings(cfg: CfgFile) -> tuple[Settings, list[Remark]]:
    """The build that `cfg` wants, and what of it will be done otherwise.

    Raises:
        AipuError: a key that must be there is missing, or a value does not fit others.
    """
    return _Reading(cfg).run()


def log_file(cfg: CfgFile) -> Path | None:
    """Where the log goes, if a cfg says so."""
    return _file(cfg.path.parent, cfg.section("common"), "log_file")


class _Reading:
    """Reads one cfg and collects remarks on the way."""

    def __init__(self, cfg: CfgFile):
        self.cfg = cfg
        self.folder = cfg.path.parent
        self.remarks: list[Remark] = []
        self.needed: dict[str, Path] = {}
        common, parser = cfg.section("common"), cfg.section("parser")
        self.common = common
        self.parser = Section(common | parser)
        self.optimizer_alone = list(cfg.sections) == ["common"] and "graph" in common
        self.old_style = any(
            name.startswith("autoquantizationtool") for name in cfg.sections
        )
        self.quantiser = self.of_the_network(
            "autoquantizationtool" if self.old_style else "optimizer"
        )
        self.builder = cfg.section("gbuilder")

    def run(self) -> tuple[Settings, list[Remark]]:
        if self.optimizer_alone:
            self.note(f"{self.cfg.path}: {OPTIMIZER_ALONE} {R329}", warning=False)
        self.remarks += precision_remarks(self.quantiser)
        model = self.model()
        name = self.name(model)
        activations, remarks = strategies(self.quantiser, self.strategy_key())
        self.remarks += remarks
        wanted, remarks = scoring(self.quantiser, self.cfg, self.file)
        self.remarks += remarks
        suffix = "int8" if self.old_style else "o"
        made = Settings(
            mode="build" if self.optimizer_alone else self.word("mode", "run"),
            kind=self.kind(),
            model=model,
            weights=self.weights(model),
            name=name,
            domain=self.domain(),
            shapes=shapes_of(self.parser),
            outputs_of_model=self.parser.list("output"),
            channels_first=self.channels_first(),
            output_dir=self.folder / self.output_dir(),
            calibration=self.read(self.quantiser, "calibration_data"),
            reverses_channels=self.reverses_channels(),
            activations=activations,
            scoring=wanted,
            old_style=self.old_style,
            target=self.target(),
            inputs=self.files("inputs"),
            outputs=self.files("outputs"),
            profile=self.flag("profile"),
            random_weights=self.flag("random-init"),
            quantised_name=self.quantised_name(f"{name}_{suffix}"),
            log_file=log_file(self.cfg),
            places=self.places(),
            needed=self.needed,
        )
        return made, self.remarks

    def note(self, text: str, *, warning: bool) -> None:
        self.remarks.append(Remark(text, warning))

    def of_the_network(self, tool: str) -> Section:
        """How to quantise: `[tool]`; without one, the first numbered section.

        A build through TVM has a section for each part that it cuts a network into.
        Here it is one network, and what the other sections say changes nothing.
        """
        sections = [name for name in self.cfg.sections if name.startswith(tool)]
        if not sections:
            return self.common
        chosen = tool if tool in sections else min(sections)
        for name in sections:
            if name != chosen:
                self.note(
                    f"{self.cfg.path}: [{name}] changes nothing: the network is "
                    f"quantised as one, by [{chosen}]",
                    warning=True,
                )
        return self.cfg.section(chosen)

    def word(self, key: str, default: str) -> str:
        """A key of [Common] that is one of some words."""
        return self.common.text(key, default).lower()

    def kind(self) -> str:
        if self.optimizer_alone:
            return IR
        return self.parser.text("model_type", "tensorflow").lower()

    def model(self) -> Path:
        """The file of the network."""
        key = "graph" if self.optimizer_alone else "input_model"
        model = self.read(self.parser, key)
        if model is None:
            raise AipuError("[Parser] has no 'input_model'", place=str(self.cfg.path))
        prototxt = self.read(self.parser, "caffe_prototxt")
        check_ending(model, self.kind(), self.parser.place(key))
        return prototxt or model

    def weights(self, model: Path) -> Path | None:
        """The other file of a network in two, if the cfg names it."""
        if self.optimizer_alone:
            return self.read(self.common, "bin")
        named = self.file(self.parser, "input_model")
        return None if named == model else named

    def name(self, model: Path) -> str:
        """What files are called: `model_name`, as far as a file can have it."""
        for section in (self.parser, self.quantiser):
            if section.text("model_name"):
                return self.file_name(section, "model_name")
        return model.stem

    def file_name(self, section: Section, key: str) -> str:
        asked = section.text(key)
        name = NO_FILE_NAME.sub("_", asked).strip("_.") or "model"
        if name != asked:
            place = section.place(key)
            text = f"{place}: no file can be called '{asked}': it is '{name}'"
            self.note(text, warning=False)
        return name

    def domain(self) -> str:
        """What a model is for, which is kept in the IR."""
        asked = self.parser.text("model_domain", DOMAINS[0]).lower()
        if asked not in DOMAINS:
            self.note(
                f"{self.parser.place('model_domain')}: '{asked}' is none of "
                f"{', '.join(DOMAINS)}; the IR says so all the same",
                warning=True,
            )
        return asked

    def channels_first(self) -> bool:
        layout = self.parser.text("input_data_format") or self.parser.text(
            "input_layout"
        )
        return layout.upper() == "NCHW"

    def output_dir(self) -> str:
        return self.parser.text("output_dir") or self.quantiser.text("output_dir", ".")

    def quantised_name(self, default: str) -> str:
        for key in ("quant_ir_name", "out_ir_name"):
            if self.quantiser.text(key):
                return self.file_name(self.quantiser, key)
        return default

    def strategy_key(self) -> str:
        old = "calibration_method"
        return old if self.old_style else "calibration_strategy_for_activation"

    def reverses_channels(self) -> bool:
        """Whether a `dataset` takes RGB to BGR."""
        asked = self.quantiser.text("dataset").lower()
        if asked and asked not in DATASETS:
            self.note(
                f"{self.quantiser.place('dataset')}: no dataset '{asked}' here: "
                "samples are taken as they are",
                warning=True,
            )
        return DATASETS.get(asked, False)

    def target(self) -> Target:
        """The machine that stands for the vendor's name of it."""
        place = self.builder.place("target") if "target" in self.builder else ""
        target = target_named(self.builder.text("target", R329), place)
        if target.estimate:
            self.note(
                f"the target '{target.name}' stands for the machine '{target.machine}'"
                ": an estimate, nobody has measured that chip",
                warning=True,
            )
        return target

    def flag(self, key: str) -> bool:
        """A switch of [GBuilder]."""
        return self.builder.text(key).lower() == "true"

    def file(self, section: Section, key: str) -> Path | None:
        """A file by its path, which is relative to the cfg."""
        return _file(self.folder, section, key)

    def read(self, section: Section, key: str) -> Path | None:
        """A file that the build reads, which will have to be there."""
        file = self.file(section, key)
        if file is not None:
            self.needed[section.place(key)] = file
        return file

    def files(self, key: str) -> list[Path]:
        """Files that a key of [GBuilder] lists."""
        names = self.builder.list(key)
        return [self.folder / Path(name).expanduser() for name in names]

    def places(self) -> dict[str, str]:
        """Where each honoured key stands."""
        whole = self.common | self.quantiser | self.parser | self.builder
        return {key: entry.place for key, entry in whole.items()}


def _file(folder: Path, section: Section, key: str) -> Path | None:
    text = section.text(key)
    return folder / Path(text).expanduser() if text else None
