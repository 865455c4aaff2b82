"""Files that are no exported programs, and programs that make no sense."""

import pickle
from collections.abc import Callable
from io import BytesIO
from json import dumps, loads
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.formats import importer
from aipu.frontends.pytorch.importer import import_pytorch
from aipu.tests.frontends.pytorch.exporting import exported, imported, saved, torch

nn = torch.nn

PROGRAM = "models/model.json"
WEIGHTS = "data/weights/model_weights_config.json"


@pytest.fixture(scope="module")
def content() -> bytes:
    """A sound file: a convolution and a relu."""
    network = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU())
    return saved(exported(network, [torch.randn(1, 2, 5, 5)]))


def changed(
    content: bytes, part: str, change: Callable[[dict], object], **options
) -> bytes:
    """The file with one of its JSON parts changed."""
    result = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(result, "w", **options) as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename.endswith(part):
                parsed = loads(data)
                change(parsed)
                data = dumps(parsed).encode()
            new.writestr(member.filename, data)
    return result.getvalue()


def refusal(content: bytes, folder: Path) -> str:
    """What the importer answers to a file."""
    path = folder / "model.pt2"
    path.write_bytes(content)
    with pytest.raises(AipuError) as caught:
        import_pytorch(path)
    return str(caught.value)


def graph(program: dict) -> dict:
    return program["graph_module"]["graph"]


def test_the_ending_says_who_reads_it():
    assert importer(Path("model.pt2")) is import_pytorch


def test_no_file(tmp_path):
    with pytest.raises(AipuError, match="no such file"):
        import_pytorch(tmp_path / "model.pt2")


def test_not_a_zip(tmp_path):
    assert "not a whole zip archive" in refusal(b"something else", tmp_path)


def test_half_a_zip(content, tmp_path):
    assert "not a whole zip archive" in refusal(content[: len(content) // 2], tmp_path)


def test_a_pickle_is_not_read(tmp_path):
    assert "this is a pickle" in refusal(pickle.dumps({"a": 1}), tmp_path)


def test_a_state_dict_is_no_program(tmp_path):
    stored = BytesIO()
    torch.save(nn.Linear(2, 2).state_dict(), stored)
    assert "a pickle of torch.save" in refusal(stored.getvalue(), tmp_path)


def test_compressed_parts_are_not_even_opened(content, tmp_path):
    bomb = changed(content, PROGRAM, lambda _: None, compression=ZIP_DEFLATED)
    assert "its parts are compressed" in refusal(bomb, tmp_path)


def test_parts_that_claim_more_than_the_file_holds(content, tmp_path):
    archive = bytearray(content)
    entry = archive.rindex(b"PK\x01\x02")
    archive[entry + 20 : entry + 28] = (1 << 30).to_bytes(4, "little") * 2
    assert "its parts claim 10" in refusal(bytes(archive), tmp_path)


def test_a_weight_that_is_a_pickle(content, tmp_path):
    def change(config: dict) -> None:
        config["config"]["0.weight"]["use_pickle"] = True

    answer = refusal(changed(content, WEIGHTS, change), tmp_path)
    assert "tensor '0.weight': it is stored as a pickle" in answer


def test_a_weight_larger_than_its_file(content, tmp_path):
    def change(config: dict) -> None:
        meta = config["config"]["0.weight"]["tensor_meta"]
        meta["storage_offset"] = {"as_int": 1}

    answer = refusal(changed(content, WEIGHTS, change), tmp_path)
    assert "holds 54 elements, too few" in answer


def test_a_weight_of_one_number_repeated_without_end(content, tmp_path):
    def change(config: dict) -> None:
        meta = config["config"]["0.weight"]["tensor_meta"]
        meta["sizes"] = [{"as_int": 1 << 15}] * 3
        meta["strides"] = [{"as_int": 0}] * 3

    assert "are repeated to" in refusal(changed(content, WEIGHTS, change), tmp_path)


def test_a_missing_weight(content, tmp_path):
    def change(config: dict) -> None:
        del config["config"]["0.bias"]

    answer = refusal(changed(content, WEIGHTS, change), tmp_path)
    assert "tensor '0.bias': its elements are not in the archive" in answer


def test_another_schema(content, tmp_path):
    def change(program: dict) -> None:
        program["schema_version"]["major"] = 9

    answer = refusal(changed(content, PROGRAM, change), tmp_path)
    assert "of schema 9" in answer


def test_json_of_another_kind(content, tmp_path):
    def change(program: dict) -> None:
        graph(program)["nodes"] = 7

    answer = refusal(changed(content, PROGRAM, change), tmp_path)
    assert "Expected `array`, got `int` - at `$.graph_module.graph.nodes`" in answer


def test_a_tensor_that_is_read_before_it_is_written(content, tmp_path):
    def change(program: dict) -> None:
        graph(program)["nodes"].reverse()

    answer = refusal(changed(content, PROGRAM, change), tmp_path)
    assert "node '1' (aten.relu.default): it reads 'conv2d', which nothing" in answer


def test_a_shape_that_is_not_what_comes_out(content, tmp_path):
    def change(program: dict) -> None:
        graph(program)["tensor_values"]["conv2d"]["sizes"][1] = {"as_int": 4}

    answer = refusal(changed(content, PROGRAM, change), tmp_path)
    assert "has the shape [1, 3, 3, 3], the program says [1, 4, 3, 3]" in answer


def test_all_unsupported_operators_are_listed():
    def unusual(x):
        return torch.fft.rfft(torch.lgamma(torch.relu(x)).sinh()).real

    with pytest.raises(UnsupportedError) as caught:
        imported(exported(unusual, [torch.randn(2, 4)]))
    for operator in ("aten.lgamma", "aten.sinh", "aten.fft_rfft"):
        assert operator in str(caught.value)
    assert "aten.relu" not in str(caught.value)


def test_unsupported_arguments_are_listed_with_their_modules():
    network = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2, return_indices=True))
    with pytest.raises(UnsupportedError) as caught:
        imported(exported(network, [torch.randn(1, 2, 8, 8)]))
    place = "node '1' (aten.max_pool2d_with_indices.default)"
    assert f"{place}: its result 'getitem_1'" in str(caught.value)


def test_a_graph_inside_of_the_graph():
    def branching(x):
        return torch.cond(x.sum() > 0, lambda x: x + 1, lambda x: x - 1, (x,))

    with pytest.raises(UnsupportedError, match="one straight graph"):
        imported(exported(branching, [torch.randn(2)]))


def test_dynamic_shapes():
    batch = torch.export.Dim("batch")
    program = exported(
        nn.Linear(3, 4), [torch.randn(2, 3)], dynamic_shapes=({0: batch},)
    )
    with pytest.raises(AipuError) as caught:
        imported(program)
    assert "input 'input': a static shape is needed, the program says ?x3" in str(
        caught.value
    )
    assert "without dynamic_shapes" in str(caught.value)


def test_an_input_of_whole_numbers():
    program = exported(nn.Embedding(9, 4), [torch.tensor([1, 2])])
    with pytest.raises(AipuError, match="input 'input': a tensor of reals is needed"):
        imported(program)


def test_training_mode():
    module = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3)).train()
    program = torch.export.export(module, (torch.randn(2, 2, 4, 4),))
    with pytest.raises(AipuError) as caught:
        imported(program)
    assert "module.eval()" in str(caught.value)


def test_a_change_in_place_that_shows_elsewhere():
    def masked(x):
        y = x * 2
        y[:, 0].mul_(3)
        return y

    with pytest.raises(UnsupportedError) as caught:
        imported(exported(masked, [torch.randn(2, 3)]))
    assert "(aten.mul_.Tensor): it changes a tensor in place" in str(caught.value)
    assert "run_decompositions" in str(caught.value)
