"""`[Parser]`: the model, and where it begins and ends. Old and new cfgs share it."""

from .key import Key, honoured, inert, keys
from .values import FILE, FLAG, FOLDER, form, real, text, whole, words

MODEL_TYPES = (
    "tensorflow",
    "onnx",
    "tflite",
    "caffe",
    "torch",
    "paddle",
)
DOMAINS = (
    "image_classification",
    "object_detection",
    "keyword_spotting",
    "speech_recognition",
    "image_segmentation",
)
LAYOUTS = words("NCHW", "NHWC")
SHAPES = form(r"[\[\]\d\s,]*", "[1,3,224,224], a list for each input")

DECODED = "detections are decoded by the model, or by who reads its outputs"
FOLDED = "the pipeline always folds and cleans"
STATIC = "shapes are static"
COMPARED = "`aipu verify` compares every layer"

MODEL: list[Key] = [
    honoured("model_type", "format of the model", words(*MODEL_TYPES), "tensorflow"),
    honoured("model_name", "what files and log call it", text("a name")),
    honoured("input_model", "the model", FILE),
    honoured("caffe_prototxt", "text of a Caffe network", FILE),
    honoured("input", "its inputs, to cut it at", text("tensors or nodes: a,b")),
    honoured("input_shape", "their shapes, in order", SHAPES),
    honoured("output", "its outputs, to cut it at", text("tensors or nodes: a,b")),
    honoured("input_data_format", "layout of its images", LAYOUTS),
    honoured("input_layout", "the same", LAYOUTS),
    honoured("output_dir", "where files go", FOLDER, "."),
    honoured(
        "model_domain",
        "what it is for, kept in the IR",
        text(", ".join(DOMAINS)),
        DOMAINS[0],
    ),
    inert(
        "batch_size",
        "frames at once",
        whole(1),
        because="the batch is the first extent of 'input_shape'",
    ),
    inert(
        "input_dtype",
        "type of its inputs",
        text("float32, uint8, ..."),
        because="inputs are what the model says, or the int8 of their scale",
    ),
]

DETECTION: list[Key] = [
    inert(
        "detection_postprocess",
        "how detections are decoded",
        words(
            "SSD",
            "SSD_RESNET",
            "YOLO2",
            "YOLO3_TINY",
            "YOLO3_FULL",
            "CAFFE_FASTERRCNN",
            "FASTERRCNN",
            "MASKRCNN",
        ),
        because=DECODED,
        asks=True,
    ),
    *(
        inert(name, means, values, because=DECODED)
        for name, means, values in (
            ("box_format", "order of a box's corners", text("yx, xy")),
            ("image_height", "rows of the image", whole(1)),
            ("image_width", "columns of the image", whole(1)),
            ("iou_threshold", "overlap of two boxes", real(0, 1)),
            ("max_box_num", "most boxes", whole(1)),
            ("obj_threshold", "least score of a box", real(0, 1)),
            ("proposal_normalized", "whether boxes are fractions", text("0, 1")),
            ("ssd_activation", "of SSD's scores", words("softmax", "sigmoid")),
        )
    ),
]

OTHERS: list[Key] = [
    *(
        inert(
            name,
            means,
            text(shown),
            because="pictures are prepared by `aipu run --image`",
            asks=True,
        )
        for name, means, shown in (
            ("preprocess_type", "steps before the first layer", "RESIZE,RGB2BGR"),
            ("preprocess_params", "their parameters", "{bilinear,[1,448,448,3]}"),
        )
    ),
    inert("force_cpu_parse", "no GPU", FLAG, because=FOLDED),
    inert("use_onnxsim", "simplify first", FLAG, "true", because=FOLDED),
    inert(
        "force_float_ir",
        "stay in float",
        FLAG,
        "false",
        because="the machine computes on int8",
        asks=True,
    ),
    inert(
        "loop_max_count",
        "turns of a loop at most",
        whole(1),
        "100",
        because="loops are unrolled as far as they go",
    ),
    inert("ds_compat", "dynamic shapes", text("..."), because=STATIC, asks=True),
    inert("ds_mode", "dynamic shapes", FLAG, "false", because=STATIC, asks=True),
    inert("dynamic_axes", "open extents", text("..."), because=STATIC, asks=True),
    inert("input_npy", "inputs to compare on", FILE, because=COMPARED),
    inert("similarity_input_npy", "the same", FILE, because=COMPARED),
]

PARSER = keys(MODEL, DETECTION, OTHERS)
