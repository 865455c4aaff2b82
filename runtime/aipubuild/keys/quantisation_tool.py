"""`[AutoQuantizationTool]`: how cfgs of the R329's tool, 3.0.x, quantise."""

from .key import honoured, inert, keys
from .strategies import STRATEGIES
from .values import FILE, FLAG, form, text, whole, words

SCALES = (
    "weights are symmetric with a scale for each ofm channel of every layer, "
    "activations asymmetric with one for each tensor"
)
NO_METRIC = "it serves to score the model, and [Optimizer] with 'metric' does that"
AS_IT_IS = "calibration data is taken as it is"

AUTO_QUANTIZATION_TOOL = keys(
    [
        honoured("model_name", "what files and log call it", text("a name")),
        honoured("calibration_data", "samples to choose ranges by", FILE),
        honoured("calibration_method", "how", STRATEGIES, per_node=True),
        honoured("quant_precision", "integers", words("int8", "int16"), "int8"),
        inert(
            "quantize_method",
            "where integers have their zero",
            words("SYMMETRIC", "ASYMMETRIC"),
            because=SCALES,
        ),
        inert(
            "ops_per_channel",
            "operators with a scale a channel",
            text("operators: DepthwiseConv"),
            because=SCALES,
        ),
        inert("calibration_label", "labels of the samples", FILE, because=NO_METRIC),
        inert(
            "label_id_offset",
            "of a label to its class",
            form(r"[+-]?\d+", "a whole number"),
            "0",
            because=NO_METRIC,
        ),
        inert(
            "preprocess_mode",
            "how samples were made",
            words("normalize", "none"),
            because=AS_IT_IS,
        ),
        inert(
            "reverse_rgb",
            "take samples as BGR",
            FLAG,
            "false",
            because=AS_IT_IS,
            asks=True,
        ),
        inert(
            "batch_size",
            "samples at once",
            whole(1),
            because="samples are calibrated with one by one",
        ),
    ]
)
