"""The weight store: keys are only added, and files come back as they were."""

from pathlib import Path

import numpy as np
import pytest

from aipu.dialects.semantics.weights import MANIFEST, WeightStore
from aipu.errors import AipuError

ODD_KEYS = ("file", "allow_pickle", "a/b.weight", "two\nlines", "naïve \u2028", "")


def test_a_taken_key_is_made_unique() -> None:
    store = WeightStore()
    assert store.add("w", np.zeros(2)) == "w"
    assert store.add("w", np.ones(2)) == "w.2"
    assert store["w"].tolist() == [0, 0]


def test_an_equal_array_keeps_its_key() -> None:
    store = WeightStore({"w": np.arange(3)})
    assert store.add("w", np.arange(3)) == "w"


def test_arrays_are_read_only_and_keep_their_shape() -> None:
    store = WeightStore({"scalar": np.array(2.5), "matrix": np.zeros((2, 3)).T})
    assert store["scalar"].shape == ()
    assert store["matrix"].shape == (3, 2)
    with pytest.raises(ValueError, match="read-only"):
        store["matrix"][0, 0] = 1


def test_an_unknown_key_suggests_the_nearest() -> None:
    store = WeightStore({"conv1.weight": np.zeros(1)})
    with pytest.raises(AipuError, match=r"conv1\.weigth") as error:
        store["conv1.weigth"]
    assert "conv1.weight" in error.value.remedy


def test_a_file_gives_back_every_key_type_and_shape(tmp_path: Path) -> None:
    arrays = {
        key: np.ones(n, dtype=dtype)
        for n, (key, dtype) in enumerate(
            zip(ODD_KEYS, ("f4", "i1", "u2", "i8", "f8", "?"), strict=True)
        )
    }
    WeightStore(arrays).save(tmp_path / "w.npz")
    loaded = WeightStore.load(tmp_path / "w.npz")
    assert list(loaded) == list(ODD_KEYS)
    for key, array in arrays.items():
        assert loaded[key].dtype == array.dtype
        assert np.array_equal(loaded[key], array)


def test_equal_arrays_are_stored_once(tmp_path: Path) -> None:
    """As the weights of a layer that a network has twice; types and shapes count."""
    weight = np.arange(10_000, dtype=np.int8)
    arrays = {"one": weight, "two": weight.copy(), "flat": weight.reshape(1, -1)}
    WeightStore({"zero": np.zeros(1), **arrays}).save(tmp_path / "w.npz")
    assert 20_000 < (tmp_path / "w.npz").stat().st_size < 25_000
    loaded = WeightStore.load(tmp_path / "w.npz")
    assert list(loaded) == ["zero", "one", "two", "flat"]
    assert np.shares_memory(loaded["one"], loaded["two"])
    assert loaded["two"].tobytes() == weight.tobytes()
    assert loaded["flat"].shape == (1, 10_000)


def test_equal_stores_have_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        WeightStore({"w": np.arange(5)}).save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_reads_the_file(tmp_path: Path) -> None:
    WeightStore({"w": np.arange(5)}).save(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as file:
        assert file["w"].tolist() == [0, 1, 2, 3, 4]


def test_a_changed_array_does_not_match_its_checksum(tmp_path: Path) -> None:
    WeightStore({"w": np.arange(5)}).save(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as file:
        arrays = {**file, "w": np.arange(1, 6)}
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(AipuError, match="do not match their checksums"):
        WeightStore.load(tmp_path / "w.npz")


@pytest.mark.parametrize("manifest", ["[]", '{"w": []}', '{"w": "0"}', '{"v": "0"}'])
def test_checksums_of_something_else_match_nothing(
    tmp_path: Path, manifest: str
) -> None:
    arrays = {"w": np.arange(5), MANIFEST: np.frombuffer(manifest.encode(), np.uint8)}
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(AipuError, match="do not match their checksums"):
        WeightStore.load(tmp_path / "w.npz")


def test_exchanged_arrays_do_not_match_their_checksums(tmp_path: Path) -> None:
    WeightStore({"v": np.zeros(3), "w": np.ones(3)}).save(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as file:
        arrays = {**file, "v": file["w"], "w": file["v"]}
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(AipuError, match="do not match their checksums"):
        WeightStore.load(tmp_path / "w.npz")


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04cut short"])
def test_what_is_no_weight_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "w.npz").write_bytes(data)
    with pytest.raises(AipuError, match="not a weight file"):
        WeightStore.load(tmp_path / "w.npz")


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", w=np.array([object()]))
    with pytest.raises(AipuError, match="not a weight file"):
        WeightStore.load(tmp_path / "w.npz")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AipuError, match="no such weight file"):
        WeightStore.load(tmp_path / "none.npz")
