"""`libaipudrv.so`: this package within a shared library, made by the C compiler here.

The library starts Python when a program first calls it, and finds the package where it
lay when the library was built.
"""

import os
import shutil
import site
import subprocess
import sys
import sysconfig
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import ModuleType

from ....errors import AipuError
from ....work_folder import work_folder
from ...files import write_file
from .header import calls, header, types

LIBRARY, HEADER = "libaipudrv.so", "standard_api.h"
MODULE = "_libaipudrv"
PREAMBLE = "#include <stdbool.h>\n#include <stdint.h>\n"
STARTUP = """\
import site
import sys
for folder in {sites!r}:
    site.addsitedir(folder)
sys.path[:0] = {paths!r}
from {module} import ffi
from aipu.runtime.device.c.calls import export
export(ffi)
"""


def build_library(folder: Path) -> list[Path]:
    """Write the library and its header into a folder; return both files.

    Raises:
        AipuError: there is no cffi, compiler or shared Python here, or the compiler
            fails.
    """
    cffi, compiler = _cffi(), _compiler()
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        raise AipuError(
            f"{sys.executable} has no shared library (libpython.so) to start Python "
            "with",
            remedy="build with a Python that has one, as those of most distributions",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with work_folder(folder.resolve()) as beside:
        source = beside / f"{MODULE}.c"
        _emit(cffi, source)
        _compile(compiler, source, beside / LIBRARY)
        write_file(folder / LIBRARY, (beside / LIBRARY).read_bytes())
    write_file(folder / HEADER, header().encode())
    return [folder / LIBRARY, folder / HEADER]


def _cffi() -> ModuleType:
    try:
        return import_module("cffi")
    except ModuleNotFoundError:
        raise AipuError(
            "the library is made with the package 'cffi', which is not installed",
            remedy="pip install 'aipu-compiler[c]'",
        ) from None


def _compiler() -> str:
    asked = os.environ.get("CC")
    names = [asked] if asked else ["cc", "gcc", "clang"]
    for name in names:
        if found := shutil.which(name):
            return found
    raise AipuError(
        f"no C compiler here, looked for {', '.join(names)}",
        remedy="install one, as gcc, or name it: CC=/path/to/cc",
    )


def _emit(cffi: ModuleType, source: Path) -> None:
    """Write the C text of the library."""
    paths = [path for path in sys.path if path and Path(path).is_dir()]
    builder = cffi.FFI()
    builder.cdef(types())
    builder.embedding_api(calls())
    builder.set_source(MODULE, PREAMBLE + types())
    startup = STARTUP.format(sites=_sites(), paths=paths, module=MODULE)
    builder.embedding_init_code(startup)
    with redirect_stdout(StringIO()):  # it says what it writes
        builder.emit_c_code(str(source))


def _sites() -> list[str]:
    return [path for path in site.getsitepackages() if Path(path).is_dir()]


def _compile(compiler: str, source: Path, library: Path) -> None:
    folder = str(sysconfig.get_config_var("LIBDIR"))
    version = sysconfig.get_config_var("LDVERSION")
    command = [
        *(compiler, "-O1", "-shared", "-fPIC", "-w"),
        f"-I{sysconfig.get_path('include')}",
        *(str(source), "-o", str(library)),
        *(f"-L{folder}", f"-Wl,-rpath,{folder}", f"-lpython{version}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error" in line]
        first = (errors or done.stderr.splitlines() or ["no message"])[0]
        raise AipuError(
            f"the C compiler failed: {first}",
            place=compiler,
            remedy="are the headers of Python installed (python3-dev)?",
        )
