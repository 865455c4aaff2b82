"""How soon `aipu-opt` answers: CPU time of a whole process, the fastest of ten.

python benchmarks/startup.py
"""

import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

ROUNDS = 10
PROGRAM = Path(sys.executable).with_name("aipu-opt")
FILE = (
    Path(__file__).parents[1] / "tests" / "filecheck" / "passes" / "canonicalise.mlir"
)
COMMANDS = {
    "aipu-opt --help": (["--help"], 0.15),
    "one file, one pass": (
        [str(FILE), "-p", "canonicalise", "--split-input-file"],
        0.5,
    ),
}
"""Arguments, and the seconds that they may take."""


def cpu_seconds(arguments: list[str]) -> float:
    """Of a process and its children, user and system."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    print(f"{'':20} {'CPU seconds':>12} {'at most':>8}")
    for name, (arguments, limit) in COMMANDS.items():
        best = min(cpu_seconds(arguments) for _ in range(ROUNDS))
        print(f"{name:20} {best:>12.3f} {limit:>8}")


if __name__ == "__main__":
    main()
