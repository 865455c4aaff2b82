"""Every pass by its name on the command line, imported when it is first asked for."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from xdsl.passes import ModulePass

Registry = Mapping[str, Callable[[], type[ModulePass]]]
"""By name, how to get at a pass."""

PLACES = {
    "canonicalise": "importing.canonicalise:CanonicalisePass",
    "fold-constants": "importing.fold_constants:FoldConstantsPass",
    "layout": "importing.layout:LayoutPass",
    "recognise-functions": "importing.recognise_functions:RecogniseFunctionsPass",
    "recognise-layer-norm": "importing.recognise_layer_norm:RecogniseLayerNormPass",
    "recognise-rms-norm": "importing.recognise_rms_norm:RecogniseRmsNormPass",
    "recognise-lp-norm": "importing.recognise_lp_norm:RecogniseLpNormPass",
    "join-pads": "importing.join_pads:JoinPadsPass",
    "hoist-slices": "importing.hoist_slices:HoistSlicesPass",
    "slice-inputs": "importing.slice_inputs:SliceInputsPass",
    "decompose-batch-norm": "importing.decompose_batch_norm:DecomposeBatchNormPass",
    "fold-normalisation": "importing.fold_normalisation:FoldNormalisationPass",
    "fold-affine": "importing.fold_affine:FoldAffinePass",
    "fold-padding": "importing.fold_padding:FoldPaddingPass",
    "decompose-reductions": "importing.decompose_reductions:DecomposeReductionsPass",
    "fuse-activation": "importing.fuse_activation:FuseActivationPass",
    "convolve-scales": "importing.convolve_scales:ConvolveScalesPass",
    "decompose-conv-transpose": (
        "importing.decompose_conv_transpose:DecomposeConvTransposePass"
    ),
    "decompose-resize": "importing.decompose_resize:DecomposeResizePass",
    "transpose-matmul": "importing.transpose_matmul:TransposeMatmulPass",
    "cse": "importing.cse:CsePass",
    "apply-pdl": "importing.apply_pdl:ApplyPdlPass",
    "split-wide-weights": "quantising.split_wide_weights:SplitWideWeightsPass",
    "adopt-scales": "quantising.adopt_scales:AdoptScalesPass",
    "split-concats": "quantising.split_concats:SplitConcatsPass",
    "split-transposes": "quantising.split_transposes:SplitTransposesPass",
    "place-quiet-rows": "quantising.place_quiet_rows:PlaceQuietRowsPass",
    "fuse-elementwise": "quantising.fuse_elementwise:FuseElementwisePass",
    "fuse-prelu": "quantising.fuse_prelu:FusePReluPass",
    "place-operators": "quantising.place_operators:PlaceOperatorsPass",
    "scale-features": "quantising.scale_features:ScaleFeaturesPass",
    "centre-channels": "quantising.centre_channels:CentreChannelsPass",
    "scale-channels": "quantising.scale_channels:ScaleChannelsPass",
    "calibrate": "quantising.calibrate:CalibratePass",
    "tie-steps": "quantising.tie_steps:TieStepsPass",
    "choose-ranges": "quantising.choose_ranges:ChooseRangesPass",
    "narrow-ranges": "quantising.narrow_ranges:NarrowRangesPass",
    "judge-scales": "quantising.judge_scales:JudgeScalesPass",
    "name-reals": "quantising.name_reals:NameRealsPass",
    "correct-biases": "quantising.correct_biases:CorrectBiasesPass",
    "quantise-operators": "quantising.quantise_operators:QuantiseOperatorsPass",
    "guard-quotients": "quantising.guard_quotients:GuardQuotientsPass",
    "outline-segments": "quantising.outline_segments:OutlineSegmentsPass",
    "share-constants": "quantising.share_constants:ShareConstantsPass",
    "name-operators": "quantising.name_operators:NameOperatorsPass",
    "sink-slices": "scheduling.sink_slices:SinkSlicesPass",
    "group-operators": "scheduling.group_operators:GroupOperatorsPass",
    "assign-schedules": "scheduling.assign_schedules:AssignSchedulesPass",
    "lower-to-aipu": "lowering.lower_to_aipu:LowerToAipuPass",
}
"""Where the class of each pass stands below this package, in the order of pipelines."""


def _load(place: str) -> type[ModulePass]:
    module, name = place.split(":")
    return getattr(import_module(f".{module}", __package__), name)


PASSES: dict[str, Callable[[], type[ModulePass]]] = {
    name: partial(_load, place) for name, place in PLACES.items()
}
"""All passes; extensions add theirs."""
