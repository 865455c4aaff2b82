"""ONNX models, opset 7 to the newest."""
