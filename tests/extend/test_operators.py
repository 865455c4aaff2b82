"""An operator of a user's own: built, exact at every level, run, and missed."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import aipu
from aipu.cli.aipu_opt import main as aipu_opt
from aipu.errors import AipuError
from aipu.extensions import EXTENSIONS, for_a_while
from aipu.passes.authoring.context import DIALECTS
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.extend.conftest import CUBE, SHAPE


@pytest.fixture(scope="module")
def package(cube: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages") / "cubes"
    result = command("build", model, "-o", folder, "--load", cube)
    assert result.exit_code == 0, result.output
    return folder


def test_a_function_of_one_element_is_a_table_exact_at_every_level(
    cube: Path,
    package: Path,
) -> None:
    result = command("verify", package, "--load", cube, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["bit_exact"]
    assert "cube" in [row["name"] for row in found["rows"]]
    with for_a_while():
        aipu.load_extension(cube)
        loaded = aipu.load(package)
        image = np.random.default_rng(2).normal(0, 1, SHAPE).astype(np.float32)
        reals = loaded.reference({"x": image}, "float")["y"]
        convolved = np.cbrt(reals)
        found = loaded.run({"x": image}).outputs["y"]
        assert np.array_equal(found, loaded.reference({"x": image})["y"])
        assert np.abs(convolved).max() > 1
        cosine = np.vdot(found, reals) / np.linalg.norm(found) / np.linalg.norm(reals)
        assert cosine > 0.99


def test_on_reals_it_is_what_its_function_says(cube: Path, model: Path) -> None:
    aipu.load_extension(cube)
    package = aipu.compile(model)
    image = np.random.default_rng(3).normal(0, 1, SHAPE).astype(np.float32)
    values = package.reference({"x": image}, "float")["y"]
    weight = package.weights["w"].astype(np.float64)
    pixel = image[0, :, 2:5, 3:6].transpose(1, 2, 0).astype(np.float64)
    expected = [(pixel * each).sum() ** 3 for each in weight]
    assert np.allclose(values[0, :, 3, 4], expected, rtol=1e-4, atol=1e-5)


def test_a_package_says_which_extension_it_was_built_with(package: Path) -> None:
    manifest = json.loads((package / "package.json").read_text())
    (used,) = manifest["extensions"]
    assert used["name"] == "cube.py"
    assert len(used["sha256"]) == 64
    assert used["operators"] == ["mine.cube"]


@pytest.mark.parametrize("name", ["run", "verify", "report", "compare"])
def test_without_its_extension_a_package_says_what_is_missing(
    cube: Path, package: Path, name: str
) -> None:
    message = complaint(name, package)
    assert "built with the extension cube.py, sha256" in message
    assert "has mine.cube and is not loaded" in message
    assert "--load cube.py" in message
    assert command(name, package, "--load", cube).exit_code == 0


def test_another_version_of_its_extension_is_not_taken(package: Path, write) -> None:
    other = write(CUBE.replace("x ** 3", "x ** 5"), "cube.py")
    message = complaint("run", package, "--load", other)
    assert "built with another version of cube.py" in message


def test_a_build_without_it_has_no_such_operator(model: Path, tmp_path: Path) -> None:
    message = complaint("build", model, "-o", tmp_path / "out")
    assert "node 'cube' (mine.Cube): the operator is not supported" in message


def test_the_lines_that_build_it_again_load_it(
    cube: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    built = command("build", model, "-o", "out", "--load", cube)
    lines = [line for line in built.output.splitlines() if "aipu-opt" in line]
    assert len(lines) == 4
    assert all(f"--load {cube}" in line for line in lines)


def test_files_can_be_loaded_from_the_environment(
    cube: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIPU_LOAD", str(cube))
    assert command("run", package).exit_code == 0
    assert EXTENSIONS == {}


def test_it_is_listed(cube: Path, model: Path) -> None:
    listed = command("ops", "--load", cube).output
    assert "mine.cube" in listed
    of_onnx = command("ops", "onnx", "--load", cube, "--json").output
    (row,) = [r for r in json.loads(of_onnx)["onnx"] if r["name"] == "mine.Cube"]
    assert row["becomes"] == ["mine.cube"]
    assert "mine" not in command("ops").output
    inspected = command("inspect", model, "--load", cube, "--json").stdout
    kinds = {kind["op"]: kind["place"] for kind in json.loads(inspected)["kinds"]}
    assert kinds["mine.cube"] == "machine"


TEXT = """func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = mine.cube %x : (tensor<4xf32>) -> tensor<4xf32>
  func.return %0 : tensor<4xf32>
}
"""


def optimised(*words: object, text: str = TEXT) -> str:
    result = CliRunner().invoke(aipu_opt, ["-", *map(str, words)], input=text)
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.output


def test_a_text_may_say_it_while_it_is_loaded(cube: Path) -> None:
    assert "mine.cube" in optimised("--load", cube, "-p", "canonicalise")
    assert "mine.cube" in optimised("--load", cube, "-p", "canonicalise")
    assert "unknown operation 'mine.cube'" in optimised()


NEIGHBOURS = '''
from xdsl.dialects.builtin import TensorType
from xdsl.irdl import operand_def
from aipu.dialects import nn
from aipu.dialects.nn import RescaleAttr
from aipu.extend import converter, machine_form, real

class MeanOp(nn.Operator):
    """`ofm = (lhs + rhs) / 2`"""
    name = "mine.mean"
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    assembly_format = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)"
    def __init__(self, lhs, rhs):
        super().__init__(operands=[lhs, rhs], result_types=[lhs.type])
    def ofm_shape(self):
        return nn.shape(self.lhs)

@real(MeanOp)
def mean(op, lhs, rhs):
    return (lhs + rhs) / 2

@converter("onnx", "mine::Mean")
def convert(node):
    return node.emit(MeanOp(node.tensor(0), node.tensor(1)))
'''
FORM = """
@machine_form(MeanOp)
def form(op, site):
    lhs, rhs = site.input_scales
    factors = site.rules.sum_rescale(lhs, rhs, 2 * site.element.scale)
    return nn.AddOp(*site.inputs, rescale=factors, element=site.element)
"""


def mean_model():
    from onnx import TensorProto, helper

    nodes = [
        helper.make_node("Relu", ["x"], ["r"], "relu"),
        helper.make_node("Mean", ["x", "r"], ["y"], "mean", domain="mine"),
    ]
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 4, 4, 2))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("mine", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.mark.parametrize("form", ["", FORM], ids=["host", "machine"])
def test_any_other_operator_is_the_hosts_or_has_a_machine_form(
    write, form: str
) -> None:
    aipu.load_extension(write(NEIGHBOURS + form))
    samples = np.random.default_rng(0).normal(0, 1, (8, 4, 4, 2)).astype(np.float32)
    package = aipu.compile(mean_model(), calibration=samples)
    rows = package.verify()
    assert all(row.equal for row in rows)
    assert any(row.name == "mean" for row in rows) == bool(form)
    x = samples[:1]
    found = package.run({"x": x}).outputs["y"]
    expected = (x + np.maximum(x, 0)) / 2
    step = np.ptp(expected) / 255
    assert np.abs(found - expected).max() <= 2 * step


def own(name: str, base: str = "nn.UnaryOperator") -> str:
    return (
        "from aipu.dialects import nn\nfrom aipu.extend import real\n"
        f"class MyOp({base}):\n    {name}\n"
        "@real(MyOp)\ndef f(op, x): return x\n"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (own("pass"), "the operator MyOp has no name"),
        (own('name = "cube"'), "the operator MyOp has no name"),
        (
            own('name = "mine.a"\n    assembly_format = "$imf attr-dict"'),
            "mine.py:3: assembly_format: expected variable to refer to an operand",
        ),
        (own('name = "mine.a"\n    ifm: int = 3'), "mine.py:3: MyOp.ifm is neither"),
        (own('name = "mine.a"', "nn.Operator"), "does not say its ofm_shape"),
        (own('name = "nn.cube"'), "the dialect 'nn' is the compiler's own"),
        (
            own('name = "mine.a"') + "real(MyOp)(f)\n",
            "of mine.a on reals exists",
        ),
        (
            own('name = "mine.a"') + "class B(nn.UnaryOperator): name = 'mine.a'\n",
            "an operator 'mine.a' exists already",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_file(
    write, text: str, words: str
) -> None:
    file = write(text)
    with pytest.raises(AipuError) as raised:
        aipu.load_extension(file)
    assert words in str(raised.value)
    assert str(file) in str(raised.value)
    assert EXTENSIONS == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return x[..., :1]", "on reals gives the shape [1], expected [4]"),
        ("return undefined", "NameError: name 'undefined'"),
        ("return nn.TransposeOp(op.ifm, [0, 1])", "does not permute rank 1"),
    ],
)
def test_a_fault_in_its_meaning_is_said_with_its_line(
    write, body: str, words: str
) -> None:
    text = CUBE.replace("return x ** 3", body)
    file = write(text)
    line = text[: text.index(body)].count("\n") + 1
    output = optimised("--load", file, "-p", "calibrate")
    assert words in output
    assert f"{file}:{line}" in output or f"{file}:{line - 1}" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return node.emit(CubeOp(node.tensor(1)))", "its input 1 is missing"),
        ("return node.emti(CubeOp(node.tensor(0)))", "has no attribute 'emti'"),
        ("node.emit(CubeOp(node.tensor(0)))", "returns no value"),
        ("return node.emit(nn.TransposeOp(node.tensor(0), [0]))", "does not permute"),
    ],
)
def test_a_fault_in_its_converter_is_said_with_its_line(
    model: Path, write, tmp_path: Path, body: str, words: str
) -> None:
    whole = "return node.emit(CubeOp(node.tensor(0)))"
    text = CUBE.replace(whole, body)
    file = write(text)
    line = text[: text.index(body)].count("\n") + 1
    message = complaint("build", model, "-o", tmp_path / "out", "--load", file)
    assert words in message
    assert f"{file}:{line}" in message or f"{file}:{line - 1}" in message


def test_nothing_is_left_of_a_dialect_that_is_taken_back(cube: Path) -> None:
    with for_a_while():
        aipu.load_extension(cube)
        assert "mine" in DIALECTS
    assert "mine" not in DIALECTS
