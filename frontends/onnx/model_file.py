"""Reading an ONNX file: what cannot be one is refused here, with the reason."""

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError, EncodeError
from onnx import inliner
from onnx.checker import ValidationError

from ...errors import AipuError

OLDEST_OPSET = 7
STANDARD_DOMAINS = ("", "ai.onnx")


def read_model(source: Path | onnx.ModelProto) -> onnx.ModelProto:
    """The model of a file, or `source` itself, its local functions inlined.

    Raises:
        AipuError: the file cannot be read, is no ONNX model, or one of an opset that
            is not known.
    """
    if isinstance(source, onnx.ModelProto):
        model, place = source, "the model"
    else:
        model, place = _parse(source), str(source)
    if not model.HasField("graph") or not model.graph.node:
        raise AipuError(
            "not an ONNX model: it has no graph, or a graph without nodes",
            place=place,
            remedy="expected a file written by an ONNX exporter, whole",
        )
    _check_texts(model, place)
    _check_opset(model, place)
    return _inlined(model, place) if model.functions else model


def opset(model: onnx.ModelProto) -> int | None:
    """The version of the standard operators that the model uses."""
    for entry in model.opset_import:
        if entry.domain in STANDARD_DOMAINS:
            return entry.version
    return None


def _parse(path: Path) -> onnx.ModelProto:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except OSError as error:
        raise AipuError(f"cannot be read: {error.strerror}", place=str(path)) from error
    if not content:
        raise AipuError("the file is empty", place=str(path))
    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        raise AipuError(
            f"not an ONNX model: its {len(content)} bytes are no protobuf message",
            place=str(path),
            remedy="the file is of another format, or was truncated",
        ) from None
    return model


def _check_opset(model: onnx.ModelProto, place: str) -> None:
    newest = onnx.defs.onnx_opset_version()
    found = opset(model)
    if found is None:
        raise AipuError(
            "the model does not say which opset it uses",
            place=place,
            remedy="export it again, or repair its opset_import",
        )
    if not OLDEST_OPSET <= found <= newest:
        raise AipuError(
            f"the model uses opset {found}, expected {OLDEST_OPSET} to {newest}",
            place=place,
            remedy="convert it with onnx.version_converter, or install a newer onnx",
        )


def _check_texts(model: onnx.ModelProto, place: str) -> None:
    """Protobuf returns a name that is no UTF-8 as bytes, which is a name of nothing."""
    graph = model.graph
    texts = [entry.domain for entry in model.opset_import]
    for named in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        texts.append(named.name)
    for node in graph.node:
        texts += (node.name, node.op_type, node.domain, *node.input, *node.output)
        texts += (attribute.name for attribute in node.attribute)
    if not all(isinstance(text, str) for text in texts):
        raise AipuError("a name in the model is not UTF-8", place=place)


def _inlined(model: onnx.ModelProto, place: str) -> onnx.ModelProto:
    try:
        return inliner.inline_local_functions(model)
    except (DecodeError, EncodeError, ValidationError, RuntimeError) as error:
        raise AipuError(
            f"its local functions cannot be inlined: {error}", place=place
        ) from error
