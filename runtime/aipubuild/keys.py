"""Every key of a cfg, by section: honoured here, or the reason that it means nothing.

The keys are those of Arm-China's AIPUBuilder: sections `AutoQuantizationTool` of the
R329's 3.0.x and `Optimizer` of later ones. `SECTIONS` maps a section to its keys.
"""

from collections.abc import Mapping

Keys = Mapping[str, str | None]
"""A key, in lower case, to the reason that it changes nothing; None if it does."""


def honoured(*keys: str) -> Keys:
    """These keys do what they say."""
    return dict.fromkeys(keys)


def because(reason: str, *keys: str) -> Keys:
    """These keys are known and change nothing."""
    return dict.fromkeys(keys, reason)


TVM = because(
    "it steers a build through TVM, and there is none here",
    "bare_metal",
    "calibrate_collector",
    "compat_quantized_model",
    "compute_threshold",
    "continuous_similarity",
    "disable_op_spec_checker",
    "disabled_pass",
    "dump_annotation_graph",
    "dump_building_graph",
    "dump_partitioning_graph",
    "executor",
    "forward_engine",
    "log_level",
    "simplify",
    "without_batch_dim",
)

PARSER: Keys = {
    **honoured(
        "caffe_prototxt",
        "input",
        "input_data_format",
        "input_layout",
        "input_model",
        "input_shape",
        "model_name",
        "model_type",
        "output",
        "output_dir",
    ),
    **because("the batch is the first extent of 'input_shape'", "batch_size"),
    **because("it is kept for the reader of the file", "model_domain"),
    **because(
        "detections are decoded by the model, or by who reads its outputs",
        "box_format",
        "detection_postprocess",
        "image_height",
        "image_width",
        "iou_threshold",
        "max_box_num",
        "obj_threshold",
        "proposal_normalized",
        "ssd_activation",
    ),
    **because(
        "pictures are prepared by `aipu run --image`",
        "preprocess_params",
        "preprocess_type",
    ),
    **because("inputs are float32, or the int8 of their scale", "input_dtype"),
    **because(
        "the pipeline always folds and cleans",
        "force_cpu_parse",
        "force_float_ir",
        "use_onnxsim",
    ),
    **because("loops are unrolled as far as they go", "loop_max_count"),
    **because("shapes are static", "ds_compat", "ds_mode", "dynamic_axes"),
    **because(
        "`aipu verify` compares every layer",
        "input_npy",
        "similarity_input_npy",
    ),
}

COMMON: Keys = {
    **PARSER,
    **honoured("log_file", "mode"),
    **because("there is one quantiser, for both kinds of cfg", "use_aqt"),
    **TVM,
}

AUTO_QUANTIZATION_TOOL: Keys = {
    **honoured(
        "calibration_data",
        "calibration_method",
        "model_name",
        "quant_precision",
    ),
    **because(
        "weights are symmetric with a scale for each ofm channel of every layer, "
        "activations asymmetric with one for each tensor",
        "ops_per_channel",
        "quantize_method",
    ),
    **because(
        "it serves to score the model, and no metric is asked for",
        "calibration_label",
        "label_id_offset",
    ),
    **because("calibration data is taken as it is", "preprocess_mode", "reverse_rgb"),
    **because("samples are calibrated with one by one", "batch_size"),
}

OPTIMIZER: Keys = {
    **honoured(
        "activation_bits",
        "bias_bits",
        "calibration_data",
        "calibration_strategy_for_activation",
        "lut_items_in_bits",
        "model_name",
        "out_ir_name",
        "output_dir",
        "quant_ir_name",
        "quant_type",
        "quantize_method_for_activation",
        "quantize_method_for_weight",
        "weight_bits",
    ),
    **because("the statistics are always saved", "save_statistic_info"),
    **because(
        "the network and its ranges come from the steps before",
        "bin",
        "graph",
        "opt_config",
        "qconfig",
        "skip_optimization",
        "statistic_file",
        "ignore_missing_statistic",
    ),
    **because(
        "the samples are an array of float32, one a row",
        "data_batch_dim",
        "dataloader_workers",
        "dataset",
        "label_batch_dim",
        "without_batch_dim",
    ),
    **because(
        "a score needs a metric, and `aipu verify` compares every layer instead",
        "data",
        "eval_optimized_model",
        "eval_original_model",
        "label",
        "metric",
        "metric_batch_size",
        "record_debug_acc_info",
        "similarity_data_num",
        "write_similarity_to_ir",
    ),
    **because(
        "a range does not depend on the order or the grouping of samples",
        "calibration_batch_size",
        "calibration_shuffe",
        "histc_bins",
        "running_statistic_momentum",
    ),
    **because("biases of channels are always corrected", "global_calibration"),
    **because(
        "weights are quantised by their largest value",
        "calibration_strategy_for_weight",
    ),
    **because(
        "a scale belongs to a tensor or an ofm channel, to no block",
        "activation_block_size",
        "activation_perchannel_min_elements",
        "regularize_activation_perchannel_scales",
        "weight_block_size",
    ),
    **because(
        "the machine holds biases of 32 bits, multipliers of 15 and a shift a channel",
        "bias_effective_bits",
        "bias_effective_bits_auto_adaption",
        "force_shift_positive",
        "multiplier_bits",
        "remain_shift",
        "unify_shifts_for_aiff",
    ),
    **because(
        "operators become those that the machine of the target has",
        "cast_dtypes_for_lib",
        "force_dtype_int",
        "min_compatible_zhouyi_target",
        "optimize_wdc_for_x2",
        "perf_mode_for_lib",
        "resize_degrade_to_nearest",
        "with_winograd",
    ),
    **because(
        "all inputs of a concat share the type of its output",
        "unify_scales_for_concat",
        "unify_scales_for_concat_max_depth",
        "unify_scales_for_concat_threshold",
        "unify_scales_for_kvc_concat",
        "unify_scales_for_multi_inputs_operators",
    ),
    **because(
        "the machine computes on int8; what it cannot, the host does in reals",
        "mixed_precision_auto_search",
        "trigger_float_op",
    ),
    **because(
        "`aipu-opt` runs any pipeline, and shows each step",
        "dump",
        "dump_dir",
        "fake_quant_operators_for_debug",
        "fake_quant_scopes_for_debug",
    ),
    **because(
        "the pipeline is fixed, and `aipu-opt` runs any other",
        "enable_pass_convert_resize_to_convolution",
        "enable_pass_decompose_nonmonotonic_activations",
        "enable_pass_deeply_set_unquantifiable",
        "enable_pass_detect_inf_mask_nodes",
        "enable_pass_merge_matmul_mul",
        "enable_pass_scaled_dot_product_attention",
        "enable_pass_split_qkv_fc_in_transformer",
        "enable_pass_tune_op_complicated_activations",
        "enable_pass_tune_op_softmax",
    ),
    **because(
        "schedules come from the strategy",
        "featuremap_splits_concat_blk",
        "featuremap_splits_item_x",
        "featuremap_splits_item_y",
        "featuremap_splits_overlap_rate",
        "featuremap_splits_sram_size",
        "featuremap_tiling_param",
    ),
    **because(
        "a quantised model keeps its own scales",
        "compat_quantized_model",
        "compat_quantized_model_eliminate_cast",
        "compat_quantized_model_force_weight_asym",
        "compat_quantized_model_int8_to_uint8",
        "compat_quantized_model_left_shift_bits",
        "compat_quantized_model_ops",
        "compat_quantized_model_simplify_dequantize_quantize",
        "compat_quantized_model_strategy",
        "compat_quantized_model_unify_shifts_mode",
        "set_qinvariant_for_start_nodes",
    ),
    **because("infinite values are refused", "trim_infinity_before_statistic"),
    **because(
        "shapes are static, and the batch is what the model says",
        "ds_output_shape_constant",
        "ds_parameter_constant",
        "enable_ds",
        "export_parallel_batch",
        "modify_batch_dim",
    ),
}

GBUILDER: Keys = {
    **honoured("inputs", "outputs", "profile", "random-init", "target"),
    **because("the simulator is part of this program", "simulator"),
    **because("the report counts every unit", "prof_unit"),
    **because("memory is that of the target file", "tcm_size"),
    **because("schedules come from the strategy", "tiling"),
    **because(
        "`aipu-opt` and `aipu disasm` show every level",
        "debug",
        "dump",
        "dumpir",
    ),
    **because("kernels are part of this program", "local_lib"),
    **because(
        "the board's memory is laid out by the compiler",
        "disable_input_buffer_reuse",
        "disable_mmu",
        "disable_output_buffer_reuse",
    ),
}

RUNTIME: Keys = because(
    "a score needs a metric, and `aipu verify` compares every layer instead",
    "data",
    "label",
    "metric",
)

SECTIONS: Mapping[str, Keys] = {
    "common": COMMON,
    "parser": PARSER,
    "autoquantizationtool": AUTO_QUANTIZATION_TOOL,
    "optimizer": OPTIMIZER,
    "gbuilder": GBUILDER,
    "runtime": RUNTIME,
}
