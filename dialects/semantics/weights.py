"""The weight store: the constants of a network, beside its text."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from json import dumps, loads
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np
from numpy.lib.format import write_array

from ...errors import AipuError, nearest
from .stored_arrays import UNREADABLE, read_archive

MANIFEST = "sha256.manifest"


class WeightStore(Mapping[str, np.ndarray]):
    """Arrays by key. Keys are only ever added: a pass that changes a weight adds one.

    Arrays are read-only. On disk a store is one uncompressed `.npz` that also holds
    the SHA-256 of every array, checked when it is loaded. Equal arrays are there once,
    under the first of their keys.
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
        kept = np.asarray(array, order="C").view()
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
        """Write the store as an `.npz`: the same arrays give the same bytes."""
        digests = {key: _digest(array) for key, array in self._arrays.items()}
        manifest = np.frombuffer(dumps(digests).encode(), np.uint8)
        first = {digest: key for key, digest in reversed(digests.items())}
        kept = {key: self._arrays[key] for key in digests if first[digests[key]] == key}
        with ZipFile(path, "w") as file:
            for key, array in {MANIFEST: manifest, **kept}.items():
                member = ZipInfo(f"{key}.npy")
                with file.open(member, "w", force_zip64=True) as stream:
                    write_array(stream, array, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> "WeightStore":
        """Read a store back; an `.npz` of another hand has no checksums to check.

        Raises:
            AipuError: the file is missing, no `.npz`, or its contents are damaged.
        """
        try:
            arrays = read_archive(path)
            manifest = arrays.pop(MANIFEST, None)
            digests = None if manifest is None else loads(bytes(manifest))
        except FileNotFoundError:
            raise AipuError("no such weight file", place=str(path)) from None
        except UNREADABLE as error:
            raise AipuError(f"not a weight file: {error}", place=str(path)) from error
        if digests is None:
            return cls(arrays)
        found = {key: _digest(array) for key, array in arrays.items()}
        known = {digest: arrays[key] for key, digest in found.items()}
        given = digests if isinstance(digests, dict) else {}
        if {**given, **found} != given or not {*map(str, given.values())} <= {*known}:
            raise AipuError(
                "the weights do not match their checksums",
                place=str(path),
                remedy="the file was damaged or edited: write it again",
            )
        return cls({key: known[digest] for key, digest in given.items()})


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a is b or (
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    )


def _digest(array: np.ndarray) -> str:
    header = f"{array.dtype.str}{array.shape}".encode()
    return sha256(header + np.ascontiguousarray(array).data).hexdigest()
