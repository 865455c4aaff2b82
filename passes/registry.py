"""Every pass by its name on the command line, imported when it is first asked for."""

from collections.abc import Callable, Mapping

from xdsl.passes import ModulePass

Registry = Mapping[str, Callable[[], type[ModulePass]]]
"""By name, how to get at a pass."""


def canonicalise() -> type[ModulePass]:
    from .canonicalise import CanonicalisePass

    return CanonicalisePass


def fold_constants() -> type[ModulePass]:
    from .fold_constants import FoldConstantsPass

    return FoldConstantsPass


def recognise_functions() -> type[ModulePass]:
    from .recognise_functions import RecogniseFunctionsPass

    return RecogniseFunctionsPass


def recognise_layer_norm() -> type[ModulePass]:
    from .recognise_layer_norm import RecogniseLayerNormPass

    return RecogniseLayerNormPass


def recognise_rms_norm() -> type[ModulePass]:
    from .recognise_rms_norm import RecogniseRmsNormPass

    return RecogniseRmsNormPass


def recognise_lp_norm() -> type[ModulePass]:
    from .recognise_lp_norm import RecogniseLpNormPass

    return RecogniseLpNormPass


def layout() -> type[ModulePass]:
    from .layout import LayoutPass

    return LayoutPass


def join_pads() -> type[ModulePass]:
    from .join_pads import JoinPadsPass

    return JoinPadsPass


def hoist_slices() -> type[ModulePass]:
    from .hoist_slices import HoistSlicesPass

    return HoistSlicesPass


def decompose_batch_norm() -> type[ModulePass]:
    from .decompose_batch_norm import DecomposeBatchNormPass

    return DecomposeBatchNormPass


def fold_normalisation() -> type[ModulePass]:
    from .fold_normalisation import FoldNormalisationPass

    return FoldNormalisationPass


def fold_affine() -> type[ModulePass]:
    from .fold_affine import FoldAffinePass

    return FoldAffinePass


def fold_padding() -> type[ModulePass]:
    from .fold_padding import FoldPaddingPass

    return FoldPaddingPass


def decompose_reductions() -> type[ModulePass]:
    from .decompose_reductions import DecomposeReductionsPass

    return DecomposeReductionsPass


def decompose_prelu() -> type[ModulePass]:
    from .decompose_prelu import DecomposePReluPass

    return DecomposePReluPass


def decompose_conv_transpose() -> type[ModulePass]:
    from .decompose_conv_transpose import DecomposeConvTransposePass

    return DecomposeConvTransposePass


def decompose_resize() -> type[ModulePass]:
    from .decompose_resize import DecomposeResizePass

    return DecomposeResizePass


def split_transposes() -> type[ModulePass]:
    from .split_transposes import SplitTransposesPass

    return SplitTransposesPass


def transpose_matmul() -> type[ModulePass]:
    from .transpose_matmul import TransposeMatmulPass

    return TransposeMatmulPass


def convolve_scales() -> type[ModulePass]:
    from .convolve_scales import ConvolveScalesPass

    return ConvolveScalesPass


def fuse_activation() -> type[ModulePass]:
    from .fuse_activation import FuseActivationPass

    return FuseActivationPass


def place_quiet_rows() -> type[ModulePass]:
    from .place_quiet_rows import PlaceQuietRowsPass

    return PlaceQuietRowsPass


def place_operators() -> type[ModulePass]:
    from .place_operators import PlaceOperatorsPass

    return PlaceOperatorsPass


def split_wide_weights() -> type[ModulePass]:
    from .split_wide_weights import SplitWideWeightsPass

    return SplitWideWeightsPass


def adopt_scales() -> type[ModulePass]:
    from .adopt_scales import AdoptScalesPass

    return AdoptScalesPass


def calibrate() -> type[ModulePass]:
    from .calibrate import CalibratePass

    return CalibratePass


def split_concats() -> type[ModulePass]:
    from .split_concats import SplitConcatsPass

    return SplitConcatsPass


def scale_features() -> type[ModulePass]:
    from .scale_features import ScaleFeaturesPass

    return ScaleFeaturesPass


def scale_channels() -> type[ModulePass]:
    from .scale_channels import ScaleChannelsPass

    return ScaleChannelsPass


def choose_ranges() -> type[ModulePass]:
    from .choose_ranges import ChooseRangesPass

    return ChooseRangesPass


def narrow_ranges() -> type[ModulePass]:
    from .narrow_ranges import NarrowRangesPass

    return NarrowRangesPass


def judge_scales() -> type[ModulePass]:
    from .judge_scales import JudgeScalesPass

    return JudgeScalesPass


def correct_biases() -> type[ModulePass]:
    from .correct_biases import CorrectBiasesPass

    return CorrectBiasesPass


def quantise_operators() -> type[ModulePass]:
    from .quantise_operators import QuantiseOperatorsPass

    return QuantiseOperatorsPass


def guard_quotients() -> type[ModulePass]:
    from .guard_quotients import GuardQuotientsPass

    return GuardQuotientsPass


def outline_segments() -> type[ModulePass]:
    from .outline_segments import OutlineSegmentsPass

    return OutlineSegmentsPass


def name_operators() -> type[ModulePass]:
    from .name_operators import NameOperatorsPass

    return NameOperatorsPass


def name_reals() -> type[ModulePass]:
    from .name_reals import NameRealsPass

    return NameRealsPass


def group_operators() -> type[ModulePass]:
    from .group_operators import GroupOperatorsPass

    return GroupOperatorsPass


def fuse_residual_add() -> type[ModulePass]:
    from .fuse_residual_add import FuseResidualAddPass

    return FuseResidualAddPass


def fuse_pooling() -> type[ModulePass]:
    from .fuse_pooling import FusePoolingPass

    return FusePoolingPass


def assign_schedules() -> type[ModulePass]:
    from .assign_schedules import AssignSchedulesPass

    return AssignSchedulesPass


def lower_to_aipu() -> type[ModulePass]:
    from .lower_to_aipu import LowerToAipuPass

    return LowerToAipuPass


PASSES: Registry = {
    "canonicalise": canonicalise,
    "fold-constants": fold_constants,
    "recognise-functions": recognise_functions,
    "recognise-layer-norm": recognise_layer_norm,
    "recognise-rms-norm": recognise_rms_norm,
    "recognise-lp-norm": recognise_lp_norm,
    "layout": layout,
    "join-pads": join_pads,
    "hoist-slices": hoist_slices,
    "decompose-batch-norm": decompose_batch_norm,
    "decompose-prelu": decompose_prelu,
    "fold-normalisation": fold_normalisation,
    "fold-affine": fold_affine,
    "fold-padding": fold_padding,
    "decompose-reductions": decompose_reductions,
    "fuse-activation": fuse_activation,
    "decompose-conv-transpose": decompose_conv_transpose,
    "decompose-resize": decompose_resize,
    "convolve-scales": convolve_scales,
    "transpose-matmul": transpose_matmul,
    "split-transposes": split_transposes,
    "split-wide-weights": split_wide_weights,
    "adopt-scales": adopt_scales,
    "split-concats": split_concats,
    "place-quiet-rows": place_quiet_rows,
    "place-operators": place_operators,
    "calibrate": calibrate,
    "scale-features": scale_features,
    "scale-channels": scale_channels,
    "choose-ranges": choose_ranges,
    "narrow-ranges": narrow_ranges,
    "judge-scales": judge_scales,
    "correct-biases": correct_biases,
    "quantise-operators": quantise_operators,
    "guard-quotients": guard_quotients,
    "outline-segments": outline_segments,
    "name-operators": name_operators,
    "name-reals": name_reals,
    "group-operators": group_operators,
    "fuse-residual-add": fuse_residual_add,
    "fuse-pooling": fuse_pooling,
    "assign-schedules": assign_schedules,
    "lower-to-aipu": lower_to_aipu,
}
