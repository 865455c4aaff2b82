"""The text of an IR: what is read is what is written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.errors import AipuError
from aipu.frontends.zhouyi_ir.block import Block
from aipu.frontends.zhouyi_ir.text import Text, read_text, write_text
from aipu.frontends.zhouyi_ir.values import parse_value, value_text

HEADER = "model_name=a\nlayer_number=1\n"
LAYER = "layer_id=0\nlayer_name=x\n"

SCALARS = (
    st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.sampled_from(["int8", "NONE", "conv1/bias:0"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4), max_leaves=9)
KEYS = st.from_regex(r"[a-z_]{1,9}", fullmatch=True)
WORDS = st.from_regex(r"[A-Za-z0-9=\[\],. ]{0,9}", fullmatch=True)
BLOCKS = st.dictionaries(KEYS, WORDS, min_size=1, max_size=5).map(Block)


@given(VALUES)
def test_a_value_is_read_as_it_was_written(value):
    assert parse_value(value_text(value)) == value


@pytest.mark.parametrize("text", ["[", "]", "[1,]", "[,1]", "[1 2]]", "[[1]2]", "1,2"])
def test_brackets_and_commas_must_fit(text):
    with pytest.raises(ValueError):
        parse_value(text)


@given(BLOCKS, st.lists(BLOCKS, max_size=3), st.booleans())
def test_a_text_is_written_as_it_was_read(header, layers, open_end):
    counted = Block({**header.fields, "layer_number": str(len(layers))})
    text = write_text(Text(counted, layers, open_end))
    assert write_text(read_text(text, "net.txt")) == text


def test_all_texts_of_arm_chinas_tools_are_written_as_they_were_read(shared):
    texts = sorted((shared / "oracles/zhouyi").rglob("*.txt"))
    assert len(texts) >= 4
    for path in texts:
        assert write_text(read_text(path.read_text(), path.name)) == path.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "net.txt: expected an IR, found an empty text"),
        (f"{HEADER}\nlayer_id\n", "net.txt:4: expected 'key=value', found 'layer_id'"),
        (f"{HEADER}\nlayer_id=0\nlayer_id=1\n", "net.txt:5: 'layer_id' stands twice"),
        (HEADER, "net.txt:2: the text has 0 layers, found 'layer_number=1'"),
        ("model_name=a\n", "net.txt:1: 'layer_number' is missing"),
        (f"{HEADER}\nsubgraph_name=s\n", "subgraphs is not supported"),
    ],
)
def test_an_error_names_the_line(text, message):
    with pytest.raises(AipuError) as caught:
        read_text(text, "net.txt")
    assert message in str(caught.value)


def test_a_value_of_the_wrong_kind_names_its_line():
    block = read_text(f"{HEADER}\n{LAYER}", "net.txt").layers[0]
    with pytest.raises(AipuError, match="expected an integer"):
        block.integer("layer_name")


def test_windows_line_ends_make_no_difference(tmp_path: Path):
    text = f"{HEADER}\n{LAYER}"
    assert read_text(text.replace("\n", "\r\n"), "a") == read_text(text, "a")
