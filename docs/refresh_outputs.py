"""Put what comes back from the commands of a page into the page, where it is not there.

    python docs/refresh_outputs.py docs/levels.md

Outputs that agree with the page stay as they are, with what they leave out. New ones
come whole: leave out by hand what a reader does not need, and look at the difference.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from aipu.tests.docs.page import agrees
from aipu.tests.docs.session import fresh_folder, walk

ROOT = Path(__file__).resolve().parents[1]


def refreshed(page: Path) -> str:
    """The text of a page with the outputs of today."""
    before = Path.cwd()
    done, rest = "", page.read_text()
    with TemporaryDirectory() as folder:
        os.chdir(fresh_folder(Path(folder), ROOT))
        try:
            for command, found in walk(page):
                line = f"$ {command.line}\n"
                head, _, rest = rest.partition(line)
                done += head + line
                if not agrees(command.shown, found):
                    rest = rest.removeprefix(command.shown)
                    done += "".join(f"{each.rstrip()}\n" for each in found.splitlines())
        finally:
            os.chdir(before)
    return done + rest


def main() -> None:
    for name in sys.argv[1:]:
        page = Path(name).resolve()
        page.write_text(refreshed(page))


if __name__ == "__main__":
    main()
