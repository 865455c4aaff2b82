"""Keys of `[Optimizer]` that change nothing here, by the reason."""

from .key import Key, inert
from .strategies import STRATEGIES
from .values import FILE, FLAG, FOLDER, Values, form, real, text, whole, words

NODES = text("layers or operators")
FIRST = form(r"\[[\d.,\s+-]*\](\[[\d.,\s+-]*\])*", "[0][0]")
FLOATS = words(
    "disable",
    *(
        f"{kind}{how}{force}"
        for kind in ("float16", "bfloat16", "float32")
        for how in (
            "_preferred",
            "_act_int_wht",
            "_act_fp8e4m3fn_wht",
            "_act_fp4e2m1fn_wht",
        )
        for force in ("", "!")
    ),
    shown="disable, float16_preferred, bfloat16_act_int_wht, ...",
)
TARGETS = form(r"(z[123]|x[123][ps]?)(_\w+)?", "Z1, X2, X3P_1304, ...")
BATCHES = form(r"false|\d+", "false, or a whole number")

SEARCH = (
    "(svd_quant|easy_quant|mvn_correction|adaround|adaquant_zy|smooth_quant_zy|awq_zy"
    "|gptq_zy)[^&]*"
)

Row = tuple[str, str, Values, str]
"""Name, meaning, values, default."""


def because(
    reason: str, *rows: Row, asks: bool = False, per_node: bool = False
) -> list[Key]:
    """Keys that change nothing for one reason."""
    return [inert(*row, because=reason, asks=asks, per_node=per_node) for row in rows]


STEPS = because(
    "the network and its ranges come from the steps before",
    ("graph", "text of an IR", FILE, ""),
    ("bin", "constants of an IR", FILE, ""),
    ("opt_config", "settings of each node", FILE, ""),
    ("qconfig", "a plugin with such settings", text("a name"), ""),
    ("skip_optimization", "only score it", FLAG, "false"),
    ("statistic_file", "ranges of an earlier run", FILE, ""),
    ("ignore_missing_statistic", "of such a file", FLAG, "false"),
    asks=True,
)

SAMPLES = because(
    "samples are arrays of an .npy, one a row",
    ("data_batch_dim", "the axis of samples", whole(0), "0"),
    ("label_batch_dim", "the axis of labels", whole(0), "0"),
    ("dataloader_workers", "threads that read", whole(0), "0"),
    ("without_batch_dim", "inputs have no batch", FLAG, "false"),
)

SCORES = because(
    "`aipu verify` compares every layer",
    ("metric_batch_size", "samples at once", whole(1), "1"),
    ("record_debug_acc_info", "a file of scores", FLAG, "false"),
    ("similarity_data_num", "samples to compare layers on", whole(1), "1"),
    ("write_similarity_to_ir", "cosines in the IR", FLAG, "false"),
)

CALIBRATION = [
    *because(
        "the statistics are always saved",
        ("save_statistic_info", "save the ranges", FLAG, "false"),
    ),
    *because(
        "a range does not depend on the order or the grouping of samples",
        ("calibration_batch_size", "samples at once", whole(1), "1"),
        ("calibration_shuffe", "in another order", FLAG, "false"),
    ),
    *because(
        "a range does not depend on the order or the grouping of samples",
        ("histc_bins", "bins of a histogram", whole(1), "2048"),
        ("running_statistic_momentum", "weight of the past", real(0, 1), "0.9"),
        per_node=True,
    ),
    *because(
        "biases of channels are always corrected",
        (
            "global_calibration",
            "search over the whole network",
            form(
                rf"none|{SEARCH}(&\s*{SEARCH})*",
                "none, adaround, adaquant_zy, easy_quant, mvn_correction, "
                "smooth_quant_zy, awq_zy, gptq_zy, svd_quant",
            ),
            "none",
        ),
        asks=True,
    ),
    *because(
        "weights are quantised by their largest value",
        ("calibration_strategy_for_weight", "ranges of weights", STRATEGIES, "extrema"),
        asks=True,
        per_node=True,
    ),
    *because(
        "infinite values are refused",
        (
            "trim_infinity_before_statistic",
            "what infinite values count as",
            form(r"(clip|second)\(.*\)", "clip(-inf, inf), second(-100, 100)"),
            "clip(-inf, inf)",
        ),
        per_node=True,
    ),
]

SCALES = [
    *because(
        "a scale belongs to a tensor or an ofm channel, to no block",
        ("activation_block_size", "of a block", whole(1), "256"),
        ("weight_block_size", "of a block", whole(1), "256"),
        (
            "regularize_activation_perchannel_scales",
            "against outliers",
            words("disable", "enable"),
            "disable",
        ),
        per_node=True,
    ),
    *because(
        "a scale belongs to a tensor or an ofm channel, to no block",
        ("activation_perchannel_min_elements", "of a channel", whole(1), "1"),
    ),
    *because(
        "the machine holds biases of 32 bits, multipliers of 15 and a shift a channel",
        ("bias_effective_bits", "that count of a bias", whole(16, 48), ""),
        ("bias_effective_bits_auto_adaption", "search for them", FLAG, "false"),
        ("force_shift_positive", "no shifts to the left", FLAG, "false"),
        ("multiplier_bits", "of a multiplier", whole(2, 15), ""),
        ("remain_shift", "before the requantisation", whole(0), ""),
        ("unify_shifts_for_aiff", "one shift a layer", FLAG, "true"),
        per_node=True,
    ),
    *because(
        "all inputs of a concat share the type of its output",
        ("unify_scales_for_concat", "one scale", FLAG, "false"),
        ("unify_scales_for_concat_max_depth", "how far", whole(1), "20"),
        ("unify_scales_for_concat_threshold", "how alike", real(1), "1.05"),
    ),
    *because(
        "all inputs of a concat share the type of its output",
        ("unify_scales_for_kvc_concat", "one scale", FLAG, "false"),
        ("unify_scales_for_multi_inputs_operators", "one scale", NODES, ""),
        per_node=True,
    ),
]

MACHINE = [
    *because(
        "operators become those that the machine of the target has",
        ("cast_dtypes_for_lib", "types that kernels take", FLAG, "false"),
        ("force_dtype_int", "no float at all", FLAG, "false"),
        ("optimize_wdc_for_x2", "compressed weights", FLAG, "false"),
        ("perf_mode_for_lib", "fast kernels", FLAG, "true"),
        ("resize_degrade_to_nearest", "coarser pictures", FLAG, "false"),
        ("with_winograd", "fast convolutions", FLAG, "false"),
        per_node=True,
    ),
    *because(
        "operators become those that the machine of the target has",
        ("min_compatible_zhouyi_target", "oldest chip", TARGETS, "X2"),
    ),
    *because(
        "the machine computes on int8; what it cannot, the host does in reals",
        ("trigger_float_op", "layers to leave in float", FLOATS, "disable"),
        asks=True,
        per_node=True,
    ),
    *because(
        "the machine computes on int8; what it cannot, the host does in reals",
        (
            "mixed_precision_auto_search",
            "search for layers of more bits",
            form(r"\d+\s*,\s*-?[\d.]+\s*,\s*[lg]", "batches,threshold,L|G"),
            "0,0.,L",
        ),
        asks=True,
    ),
    *because(
        "schedules come from the strategy",
        ("featuremap_splits_concat_blk", "parts of a concat", whole(1, 127), "3"),
        ("featuremap_splits_item_x", "parts across", whole(1, 127), "1"),
        ("featuremap_splits_item_y", "parts down", whole(1, 127), "1"),
        ("featuremap_splits_overlap_rate", "overlap in %", whole(0, 99), "50"),
        ("featuremap_splits_sram_size", "SRAM in KB", whole(0), "0"),
        ("featuremap_tiling_param", "tiles of layers", NODES, ""),
    ),
]

PIPELINE = [
    *because(
        "`aipu-opt` runs any pipeline, and shows each step",
        ("dump", "write all tensors", FLAG, "false"),
        ("dump_dir", "where", FOLDER, "./opt_dump"),
        ("fake_quant_operators_for_debug", "left in float", NODES, ""),
        ("fake_quant_scopes_for_debug", "left in float", NODES, ""),
    ),
    *because(
        "the pipeline is fixed, and `aipu-opt` runs any other",
        ("enable_pass_detect_inf_mask_nodes", "a pass", FLAG, "false"),
        ("enable_pass_merge_matmul_mul", "a pass", FLAG, "true"),
        ("enable_pass_scaled_dot_product_attention", "a pass", FLAG, "false"),
        ("enable_pass_split_qkv_fc_in_transformer", "a pass", FLAG, "false"),
    ),
    *because(
        "the pipeline is fixed, and `aipu-opt` runs any other",
        ("enable_pass_convert_resize_to_convolution", "a pass", FLAG, "false"),
        ("enable_pass_decompose_nonmonotonic_activations", "a pass", FLAG, "false"),
        ("enable_pass_deeply_set_unquantifiable", "a pass", FLAG, "false"),
        ("enable_pass_tune_op_complicated_activations", "a pass", FIRST, "[0][0]"),
        ("enable_pass_tune_op_softmax", "a pass", FIRST, "[0][0]"),
        per_node=True,
    ),
]

QUANTISED_MODELS = because(
    "a quantised model keeps its own scales",
    ("compat_quantized_model", "keep its integers", FLAG, "false"),
    ("compat_quantized_model_eliminate_cast", "of such a model", FLAG, "true"),
    ("compat_quantized_model_force_weight_asym", "of such a model", FLAG, "false"),
    ("compat_quantized_model_int8_to_uint8", "of such a model", FLAG, "false"),
    ("compat_quantized_model_left_shift_bits", "of a sum", whole(1), "8"),
    ("compat_quantized_model_ops", "of such a model", NODES, ""),
    ("compat_quantized_model_simplify_dequantize_quantize", "merge them", FLAG, "true"),
    (
        "compat_quantized_model_strategy",
        "weights of such a model",
        words(
            "8bSymWeightUnchange",
            "8bAsymWeightTo16bSymWeight",
            "sym",
            "asym",
            "fasymp",
            "fsym",
        ),
        "8bSymWeightUnchange",
    ),
    (
        "compat_quantized_model_unify_shifts_mode",
        "one shift a layer",
        words("max", "mean", "auto", "none", "entropy"),
        "auto",
    ),
    (
        "set_qinvariant_for_start_nodes",
        "inputs of scale 1",
        form(r"\d+(\s*,\s*\d+)*,?", "layers: 0,2"),
        "",
    ),
)

SHAPES = [
    *because(
        "shapes are static, and the batch is what the model says",
        ("enable_ds", "dynamic shapes", FLAG, "false"),
        (
            "ds_output_shape_constant",
            "fixed shapes",
            text("disable, all, [1]"),
            "disable",
        ),
        (
            "ds_parameter_constant",
            "fixed parameters",
            words("disable", "default"),
            "disable",
        ),
        asks=True,
        per_node=True,
    ),
    *because(
        "shapes are static, and the batch is what the model says",
        ("export_parallel_batch", "copies of the network", BATCHES, "false"),
        ("modify_batch_dim", "another batch", BATCHES, "false"),
        asks=True,
    ),
]

INERT = [
    *STEPS,
    *SAMPLES,
    *SCORES,
    *CALIBRATION,
    *SCALES,
    *MACHINE,
    *PIPELINE,
    *QUANTISED_MODELS,
    *SHAPES,
]
