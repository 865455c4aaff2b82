"""A transformer encoder from its weights to ONNX, by transformers and torch."""

from importlib import import_module
from pathlib import Path


def export_encoder(weights: Path, model: Path) -> None:
    """`states = encoder(ids)` for 16 tokens; every one of them counts.

    Args:
        weights: a folder of transformers.
        model: the ONNX file to write.
    """
    torch = import_module("torch")
    transformers = import_module("transformers")
    encoder = transformers.AutoModel.from_pretrained(weights).eval()

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, ids: object) -> object:
            return self.encoder(input_ids=ids).last_hidden_state

    ids = torch.zeros((1, 16), dtype=torch.int64)
    names = {"input_names": ["ids"], "output_names": ["states"]}
    torch.onnx.export(States(), (ids,), model, **names, opset_version=17, dynamo=False)
