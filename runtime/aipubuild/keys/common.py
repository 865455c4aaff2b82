"""`[Common]`: what the build is for, and what steers a build through TVM."""

from .key import honoured, inert, keys
from .parser import PARSER
from .values import FILE, FLAG, text, whole, words

TVM = "it steers a build through TVM, and there is none here"

COMMON = {
    **PARSER,
    **keys(
        [
            honoured(
                "mode",
                "build, or run in the simulator too",
                words("run", "build"),
                "run",
            ),
            honoured("log_file", "the log, also in a file", FILE),
            inert(
                "use_aqt",
                "old or new quantiser",
                FLAG,
                because="there is one quantiser, for both kinds of cfg",
            ),
        ],
        (
            inert(name, means, values, because=TVM)
            for name, means, values in (
                ("bare_metal", "no operating system", FLAG),
                ("calibrate_collector", "who collects samples", text("...")),
                ("compat_quantized_model", "keep its integers", FLAG),
                ("compute_threshold", "least work of a part", whole(0)),
                ("continuous_similarity", "compare part by part", FLAG),
                ("disable_op_spec_checker", "no check of operators", FLAG),
                ("disabled_pass", "passes to leave out", text("names")),
                ("dump_annotation_graph", "show the graph", FLAG),
                ("dump_building_graph", "show the graph", FLAG),
                ("dump_partitioning_graph", "show the graph", FLAG),
                ("executor", "who runs it", text("graph, vm")),
                ("forward_engine", "what runs a part", text("driver, opt_int, gt")),
                ("log_level", "how much is said", text("...")),
                ("simplify", "simplify first", FLAG),
                ("without_batch_dim", "inputs have no batch", FLAG),
            )
        ),
    ),
}
"""A cfg of one section has the keys of `[Parser]` here."""
