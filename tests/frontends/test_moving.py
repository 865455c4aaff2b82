"""The words for movement: of what is known and of what is computed, against numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from xdsl.utils.exceptions import VerifyException

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import UnsupportedError
from aipu.frontends.constant import Constant, Value
from aipu.frontends.input_shapes import Batch
from aipu.frontends.limits import MOST_PARTS
from aipu.frontends.network import Emitter, Network
from aipu.frontends.vocabulary import arranging, moving, padding
from aipu.frontends.vocabulary.filters import ohwi
from aipu.frontends.vocabulary.indexing import Bounds, Masks, indexed
from aipu.passes.authoring.functions import main_function

Word = Callable[[Emitter, Value], Value]

PADS = [(0, 0), (1, 2), (3, 0), (0, 1)]
INDICES = np.array([[3, 1], [-1, 0]])
NUMPY_MODES: dict[Any, dict[str, bool]] = {
    "reflect": {"edge": False},
    "symmetric": {"edge": True},
}


def numpy_blocks(x: np.ndarray) -> np.ndarray:
    """Each pixel of a block of 2 x 3, one block of channels after another."""
    parts = [x[:, row::2, column::3] for row in range(2) for column in range(3)]
    return np.concatenate(parts, -1)


def numpy_images(x: np.ndarray) -> np.ndarray:
    """Each pixel of a block of 2 x 3 as an image, after padding a row and a column."""
    x = np.pad(x, [(0, 0), (1, 1), (0, 3), (0, 0)])
    return np.concatenate([x[:, i::2, j::3] for i in range(2) for j in range(3)])


WORDS: dict[str, tuple[Word, Callable[[np.ndarray], np.ndarray]]] = {
    "reshaped": (
        lambda node, x: moving.reshaped(node, x, (8, 18)),
        lambda x: x.reshape(8, 18),
    ),
    "reshaped to what remains": (
        lambda node, x: moving.reshaped_to(node, x, (3, -1)),
        lambda x: x.reshape(3, -1),
    ),
    "permuted": (
        lambda node, x: moving.permuted(node, x, (3, 0, 2, 1)),
        lambda x: x.transpose(3, 0, 2, 1),
    ),
    "swapped": (lambda node, x: moving.swapped(node, x), lambda x: x.swapaxes(-1, -2)),
    "unsqueezed": (
        lambda node, x: moving.unsqueezed(node, x, [3, 0]),
        lambda x: x.reshape(1, 2, 4, 1, 6, 3),
    ),
    "taken": (
        lambda node, x: moving.taken(node, x, {1: range(3, -1, -2), 2: range(1, 4)}),
        lambda x: x[:, 3::-2, 1:4],
    ),
    "flipped": (
        lambda node, x: moving.flipped(node, x, [1, 3]),
        lambda x: x[:, ::-1, :, ::-1],
    ),
    "split": (
        lambda node, x: moving.joined(
            node, moving.split(node, x, 2, [1, -1, 2])[::-1], 2
        ),
        lambda x: np.concatenate([x[:, :, 4:], x[:, :, 1:4], x[:, :, :1]], 2),
    ),
    "unstacked and stacked": (
        lambda node, x: moving.stacked(node, moving.unstacked(node, x, 1), 3),
        lambda x: np.moveaxis(x, 1, 3),
    ),
    "gathered": (
        lambda node, x: moving.gathered(node, x, 1, INDICES),
        lambda x: x[:, INDICES],
    ),
    "tiled": (
        lambda node, x: moving.tiled(node, x, (1, 2, 1, 3)),
        lambda x: np.tile(x, (1, 2, 1, 3)),
    ),
    "tiled often": (
        lambda node, x: moving.tiled(node, x, (1, 1, 1, 20)),
        lambda x: np.tile(x, (1, 1, 1, 20)),
    ),
    "broadcast": (
        lambda node, x: moving.broadcast(node, x, (5, 2, 4, 6, 3)),
        lambda x: np.broadcast_to(x, (5, 2, 4, 6, 3)),
    ),
    "padded": (
        lambda node, x: padding.padded(node, x, PADS, 7.0),
        lambda x: np.pad(x, PADS, constant_values=7),
    ),
    "padded and cropped": (
        lambda node, x: padding.padded(node, x, [(0, 0), (-1, 2), (0, -3), (0, 0)]),
        lambda x: np.pad(x[:, 1:, :-3], [(0, 0), (0, 2), (0, 0), (0, 0)]),
    ),
    **{
        mode: (
            lambda node, x, given=given: padding.mirrored(node, x, PADS, **given),
            lambda x, mode=mode: np.pad(x, PADS, mode=mode),
        )
        for mode, given in NUMPY_MODES.items()
    },
    "repeated edges": (
        lambda node, x: padding.repeated_edges(node, x, PADS),
        lambda x: np.pad(x, PADS, mode="edge"),
    ),
    "wrapped": (
        lambda node, x: padding.wrapped(node, x, PADS),
        lambda x: np.pad(x, PADS, mode="wrap"),
    ),
    "indexed": (
        lambda node, x: indexed(
            node,
            x,
            Bounds([0, 3, 0, -1], [0, 0, 0, 0], [1, -2, 1, 1], Masks(0, 2, 1, 4, 8)),
        ),
        lambda x: x[..., 3::-2, None, -1],
    ),
    "arranged": (
        lambda node, x: arranging.arranged(
            node, x, "n (h a) (w b) c -> n h w (a b c)", a=2, b=3
        ),
        numpy_blocks,
    ),
    "arranged around the rest": (
        lambda node, x: arranging.arranged(node, x, "n (g c) ... -> n (c g) ...", g=2),
        lambda x: x[:, [0, 2, 1, 3]],
    ),
    "space to batch": (
        lambda node, x: arranging.space_to_batch(node, x, [2, 3], [(1, 1), (0, 3)]),
        numpy_images,
    ),
    "space to batch and back": (
        lambda node, x: arranging.batch_to_space(
            node,
            arranging.space_to_batch(node, x, [2, 3], [(1, 1), (0, 3)]),
            [2, 3],
            [(1, 1), (0, 3)],
        ),
        lambda x: x,
    ),
}


@pytest.fixture
def ifm() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((2, 4, 6, 3), np.float32)


@pytest.fixture
def network(ifm) -> Network:
    return Network({"x": ifm.shape})


@pytest.fixture
def node(network) -> Emitter:
    return Emitter(network, "node", "Test")


@pytest.mark.parametrize("word, expected", WORDS.values(), ids=WORDS)
def test_what_is_known_stays_known(node, ifm, word, expected):
    found = word(node, Constant("k", ifm))
    assert isinstance(found, Constant)
    assert found.array.shape == expected(ifm).shape
    assert np.array_equal(found.array, expected(ifm))


@pytest.mark.parametrize("word, expected", WORDS.values(), ids=WORDS)
def test_what_is_computed(network, node, ifm, word, expected):
    found = word(node, network.inputs["x"])
    model = network.finish("moved", {"y": node.operand(found)})
    (array,) = evaluate(main_function(model.module), [ifm], model.weights)
    assert array.shape == expected(ifm).shape
    assert np.array_equal(array, expected(ifm))


STAYING: dict[str, Word] = {
    "reshaped": lambda node, x: moving.reshaped(node, x, (2, 4, 6, 3)),
    "permuted": lambda node, x: moving.permuted(node, x, range(4)),
    "taken": lambda node, x: moving.taken(node, x, {1: range(4)}),
    "gathered": lambda node, x: moving.gathered(node, x, 1, np.arange(4)),
    "padded": lambda node, x: padding.padded(node, x, [(0, 0)] * 4),
    "tiled": lambda node, x: moving.tiled(node, x, [1] * 4),
    "split": lambda node, x: moving.split(node, x, 2, [6])[0],
    "broadcast": lambda node, x: moving.broadcast(node, x, (1, 6, 1)),
}


@pytest.mark.parametrize("word", STAYING.values(), ids=STAYING)
def test_what_stays_where_it_is_takes_no_operator(network, node, word):
    assert word(node, network.inputs["x"]) is network.inputs["x"]
    assert not list(network.block.ops)


def test_a_gather_of_every_second_element_is_one_slice(network, node):
    moving.gathered(node, network.inputs["x"], 2, np.arange(0, 6, 2))
    assert [type(op) for op in network.block.ops] == [nn.SliceOp]


def test_a_target_follows_the_batch_of_what_is_computed(network, node, ifm):
    batch = Batch(1, 2)
    computed = moving.reshaped_to(node, network.inputs["x"], (1, -1), batch)
    known = moving.reshaped_to(node, Constant("k", ifm), (1, -1), batch)
    assert moving.shape(computed) == (2, 72)
    assert moving.shape(known) == (1, 144)


def test_parts_without_elements_do_not_count(network, node):
    value = network.inputs["x"]
    empty = Constant("k", np.empty((2, 0, 6, 3), np.float32))
    assert moving.joined(node, [empty, value], 1) is value


REFUSED: dict[str, Word] = {
    "cannot reshape": lambda node, x: moving.reshaped(node, x, (7,)),
    "a target shape": lambda node, x: moving.reshaped_to(node, x, (-1, -1)),
    "does not permute": lambda node, x: moving.permuted(node, x, (0, 1, 1, 2)),
    "do not lie in": lambda node, x: moving.taken(node, x, {1: range(2, 6)}),
    "cannot split 6 elements into": lambda node, x: moving.split(node, x, 2, [3])[0],
    "indices": lambda node, x: moving.gathered(node, x, 1, np.array([4])),
    "expected 0 to 2": lambda node, x: padding.mirrored(
        node, x, [(0, 0), (0, 0), (0, 0), (0, 3)]
    ),
    "do not make blocks of 5": lambda node, x: arranging.arranged(
        node, x, "n h (w b) c -> n h w (b c)", b=5
    ),
    "expected a tensor of rank 3": lambda node, x: arranging.arranged(
        node, x, "n h w -> n w h"
    ),
    "index 4 of 4": lambda node, x: indexed(
        node, x, Bounds([0, 4], [0, 0], [1, 1], Masks(1, 1, 0, 0, 2))
    ),
}


@pytest.mark.parametrize("known", [True, False], ids=["known", "computed"])
@pytest.mark.parametrize("message, word", REFUSED.items(), ids=REFUSED)
def test_what_does_not_fit(network, node, ifm, message, word, known):
    value = Constant("k", ifm) if known else network.inputs["x"]
    with pytest.raises(VerifyException, match=message):
        word(node, value)


def test_too_many_parts(node):
    long = Constant("k", np.zeros(MOST_PARTS + 1))
    with pytest.raises(UnsupportedError, match=f"at most {MOST_PARTS}"):
        moving.unstacked(node, long, 0)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("layout", ["OI*", "IO*", "*IO", "*OI", "I*O"])
def test_filters(layout, groups):
    """Element [o, h, w, i] of group g, found where the layout says that it is."""
    sizes = {"O": 5, "I": 6, "H": 2, "W": 3}
    axes = layout.replace("*", "HW")
    array = np.random.default_rng(1).standard_normal([sizes[axis] for axis in axes])
    found = ohwi(array, layout, groups)
    assert found.shape == (5 * groups, 2, 3, 6 // groups)
    for place in np.ndindex(found.shape):
        out, row, column, inside = place
        group, own = divmod(out, 5)
        at = {"O": own, "H": row, "W": column, "I": group * 6 // groups + inside}
        assert found[place] == array[tuple(at[axis] for axis in axes)]


def test_a_filter_of_one_row():
    array = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(ohwi(array, "OI*")[:, 0], array.transpose(0, 2, 1))
