"""`[GBuilder]`: the chip, and the files of a run."""

from .key import honoured, inert, keys
from .values import FILE, FLAG, text, words

LEVELS = "`aipu-opt` and `aipu disasm` show every level"
LAID_OUT = "the board's memory is laid out by the compiler"

GBUILDER = keys(
    [
        honoured(
            "target", "the chip", text("Z1_0701 (R329), Z1_0904, Z1_1002"), "Z1_0701"
        ),
        honoured("inputs", "of a run", text("raw files: a.bin,b.bin")),
        honoured("outputs", "of a run, or the binary", text("files: a.bin,b.bin")),
        honoured("profile", "write profile_data.bin", FLAG, "false"),
        honoured("random-init", "draw weights", FLAG, "false"),
        inert(
            "simulator",
            "the vendor's simulator",
            FILE,
            because="the simulator is part of this program",
        ),
        inert(
            "prof_unit",
            "which unit is profiled",
            words("AIFF", "TPC"),
            because="the report counts every unit",
        ),
        inert(
            "tcm_size",
            "size of the fast memory",
            text("KB"),
            because="memory is that of the target file",
        ),
        inert(
            "tiling",
            "what tiles are chosen for",
            text("fps"),
            because="schedules come from the strategy",
        ),
        inert("debug", "write what is between", FLAG, "false", because=LEVELS),
        inert("dump", "write what is between", FLAG, "false", because=LEVELS),
        inert("dumpir", "write what is between", FLAG, "false", because=LEVELS),
        inert(
            "local_lib",
            "kernels of your own",
            FILE,
            because="kernels are part of this program",
            asks=True,
        ),
        inert("disable_input_buffer_reuse", "memory", FLAG, "false", because=LAID_OUT),
        inert("disable_mmu", "memory", FLAG, "false", because=LAID_OUT),
        inert("disable_output_buffer_reuse", "memory", FLAG, "false", because=LAID_OUT),
    ]
)
