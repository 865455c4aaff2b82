"""What a run of `aipu-opt` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """The arguments of `aipu-opt`, by their names; `--help` explains each."""

    file: str | None = None
    pass_pipeline: tuple[str, ...] = ()
    insert: tuple[str, ...] = ()
    load: tuple[Path, ...] = ()
    list_passes: bool = False
    show_dialects: bool = False
    json: bool = False
    output: Path | None = None
    weights: Path | None = None
    random_weights: int | None = None
    shape: tuple[tuple[str, tuple[int, ...]], ...] = ()
    batch: int | None = None
    fix: tuple[tuple[str, str], ...] = ()
    split_input_file: bool = False
    verify_diagnostics: bool = False
    allow_unregistered_dialect: bool = False
    print_ir_before_all: bool = False
    print_ir_before: tuple[str, ...] = ()
    print_ir_after_all: bool = False
    print_ir_after: tuple[str, ...] = ()
    print_ir_after_change: bool = False
    print_ir_diff: bool = False
    print_debuginfo: bool = False
    print_op_generic: bool = False
    dump_dir: Path | None = None
    timing: bool = False
    statistics: bool = False
    traceback: bool = False
    check_numerics: bool = False
    data: Path | None = None
    reproducer: Path | None = None
    run_reproducer: Path | None = None
    bisect: bool = False
    bisect_all: bool = False
    expect: str | None = None

    @property
    def pipeline(self) -> str:
        """What several `-p` ask for, one after the other."""
        return ",".join(filter(str.strip, self.pass_pipeline))

    @property
    def name(self) -> str:
        """The file, or `-` for the standard input."""
        return self.file or "-"

    @property
    def is_text(self) -> bool:
        """Whether a text is to be read, not a model."""
        return self.name == "-" or Path(self.name).suffix == ".mlir"
