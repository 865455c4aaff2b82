"""`[Optimizer]`: how later cfgs quantise and score; all keys of a section `[Common]`
that the optimizer was given alone."""

from .key import honoured, keys
from .optimizer_inert import INERT
from .strategies import STRATEGIES
from .values import FILE, FLAG, FOLDER, form, text, whole, words, words_like

WEIGHTS = words(
    *(
        f"per_{part}_{kind}"
        for part in ("tensor", "channel", "block")
        for kind in (
            "symmetric_restricted_range",
            "symmetric_full_range",
            "asymmetric",
        )
    )
)
ACTIVATIONS = words(
    "per_tensor_symmetric_restricted_range",
    "per_tensor_symmetric_full_range",
    "per_tensor_asymmetric",
    "per_channel_symmetric_restricted_range",
    "per_channel_symmetric_full_range",
)
TYPES = words_like(
    r"disable|fp16|bf16|bfp16|w(fp)?\d+(e\dm\d)?(ab?(fp)?\d+(e\dm\d)?)?",
    "disable",
    "w8a8",
    "w16a16",
    "w4afp16",
    "wfp8afp8",
)
METRICS = form(
    r"\w+(\([^()]*\))?(\s*,\s*\w+(\([^()]*\))?)*", "TopKMetric, TopKMetric(5)"
)

OPTIMIZER = keys(
    [
        honoured("model_name", "what files and log call it", text("a name")),
        honoured("output_dir", "where files go", FOLDER, "."),
        honoured("out_ir_name", "what the quantised IR is called", text("a name")),
        honoured("quant_ir_name", "the same", text("a name")),
        honoured("calibration_data", "samples to choose ranges by", FILE),
        honoured(
            "calibration_strategy_for_activation", "how", STRATEGIES, per_node=True
        ),
        honoured("dataset", "what is done to samples", text("numpydataset, ...")),
        honoured("metric", "how the model is scored", METRICS),
        honoured("data", "samples to score it on", FILE),
        honoured("label", "their labels", FILE),
        honoured("eval_original_model", "score the float model", FLAG, "true"),
        honoured("eval_optimized_model", "score the int8 model", FLAG, "true"),
        honoured("weight_bits", "bits of a weight", whole(4, 16), "8", per_node=True),
        honoured(
            "activation_bits", "bits of an activation", whole(8, 16), "8", per_node=True
        ),
        honoured("bias_bits", "bits of a bias", whole(16, 48), "32", per_node=True),
        honoured(
            "lut_items_in_bits",
            "bits of a table's index",
            whole(8, 16),
            "8",
            per_node=True,
        ),
        honoured("quant_type", "all of these bits", TYPES, "disable", per_node=True),
        honoured(
            "quantize_method_for_weight", "scales of weights", WEIGHTS, per_node=True
        ),
        honoured(
            "quantize_method_for_activation",
            "scales of activations",
            ACTIVATIONS,
            per_node=True,
        ),
    ],
    INERT,
)
