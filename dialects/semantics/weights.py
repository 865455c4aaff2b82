"""The weight store: the constants of a network, beside its text."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ...errors import AipuError, nearest

MANIFEST = "sha256.manifest"


class WeightStore(Mapping[str, np.ndarray]):
    """Arrays by key. Keys are only ever added: a pass that changes a weight adds one.

    Arrays are read-only. On disk a store is one uncompressed `.npz` that also holds
    the SHA-256 of every array, checked when it is loaded.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray] | None = None):
        self._arrays: dict[str, np.ndarray] = {}
        for key, array in (arrays or {}).items():
            self.add(key, array)

    def add(self, key: str, array: np.ndarray) -> str:
        """Keep `array` under `key`, made unique if it is taken; return the key."""
        unique, count = key, 1
        while unique in self._arrays:
            if _same(self._arrays[unique], array):
                return unique
            count += 1
            unique = f"{key}.{count}"
        kept = np.ascontiguousarray(array).view()
        kept.flags.writeable = False
        self._arrays[unique] = kept
        return unique

    def __getitem__(self, key: str) -> np.ndarray:
        if key not in self._arrays:
            raise AipuError(
                f'no weight "{key}" in the weight store of {len(self)} weights',
                remedy=nearest(key, self._arrays) if self._arrays else "",
            )
        return self._arrays[key]

    def __contains__(self, key: object) -> bool:
        return key in self._arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def copy(self) -> "WeightStore":
        """Another store with the same arrays, which are shared."""
        other = WeightStore()
        other._arrays = dict(self._arrays)
        return other

    def save(self, path: Path) -> None:
        """Write the store as an `.npz`."""
        lines = [f"{_digest(array)}  {key}" for key, array in self._arrays.items()]
        manifest = np.frombuffer("\n".join(lines).encode(), np.uint8)
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **{MANIFEST: manifest}, **self._arrays)

    @classmethod
    def load(cls, path: Path) -> "WeightStore":
        """Read a store back.

        Raises:
            AipuError: the file is missing, no `.npz`, or its contents are damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
        except FileNotFoundError:
            raise AipuError("no such weight file", place=str(path)) from None
        except (OSError, ValueError, BadZipFile, KeyError, EOFError) as error:
            raise AipuError(f"not a weight file: {error}", place=str(path)) from error
        if MANIFEST not in arrays:
            return cls(arrays)
        lines = bytes(arrays.pop(MANIFEST)).decode().splitlines()
        digests = {
            key: digest for digest, key in (line.split("  ", 1) for line in lines)
        }
        if digests != {key: _digest(array) for key, array in arrays.items()}:
            raise AipuError(
                "the weights do not match their checksums",
                place=str(path),
                remedy="the file was damaged or edited: write it again",
            )
        return cls(arrays)


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a is b or (
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    )


def _digest(array: np.ndarray) -> str:
    header = f"{array.dtype.str}{array.shape}".encode()
    return sha256(header + np.ascontiguousarray(array).data).hexdigest()
