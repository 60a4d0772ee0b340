import hashlib
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from correlate.features.joint import JointEncoder, describe
from ontology.errors import InvalidInput, NotFound

WORDS = ("[PAD]", "[UNK]", "red", "green", "blue")


def model(nodes, inputs, constants):
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs,
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def visual():
    """The mean colour."""
    pixels = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["n", 3, 4, 4])
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["vector"]),
    ]
    return model(nodes, [pixels], {})


def textual(width=3):
    """The sum of the words' colours; padding and unknown words have none."""
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["n", "length"])
    table = np.zeros((len(WORDS), width), np.float32)
    table[2:5, :3] = np.eye(3)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("ReduceSum", ["rows", "axis"], ["vector"], keepdims=0),
    ]
    return model(nodes, [ids], {"table": table, "axis": np.array([1], np.int64)})


def tokenizer():
    made = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()
    return made.to_str().encode()


def fields(folder):
    names = ("visual.onnx", "textual.onnx", "tokenizer.json")
    return {
        "name": "tiny", "licence": "CC0-1.0", "image_size": 4, "mean": [0, 0, 0], "std": [1, 1, 1], "context": 4,
        "sha256": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names},
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "visual.onnx").write_bytes(visual())
    (tmp_path / "textual.onnx").write_bytes(textual())
    (tmp_path / "tokenizer.json").write_bytes(tokenizer())
    describe_as(tmp_path)
    return tmp_path


def describe_as(folder, **changes):
    (folder / "encoder.json").write_text(json.dumps({**fields(folder), **changes}))


def test_pictures_lie_near_their_words(folder):
    encoder = JointEncoder(folder)
    pictures = encoder.encode_image([Image.new("RGB", (9, 5), colour) for colour in ("red", "lime", "blue")])
    words = encoder.encode_text(["red", "green", "blue", "red what green"])
    assert pictures == pytest.approx(np.eye(3), abs=1e-6)
    assert words == pytest.approx(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5**0.5, 0.5**0.5, 0]]), abs=1e-6)
    assert pictures.dtype == words.dtype == np.float32
    assert encoder.encode_text([]).shape[0] == 0


def test_the_middle_is_scaled_by_mean_and_deviation(folder):
    describe_as(folder, mean=[0.5, 0.5, 0.5], std=[0.5, 0.25, 0.5])
    picture = Image.new("RGB", (8, 4), "red")
    picture.paste("white", (2, 0, 6, 4))
    assert JointEncoder(folder).encode_image([picture])[0] == pytest.approx(np.array([1, 2, 1]) / 6**0.5, abs=1e-6)


def test_texts_are_cut_to_the_context(folder):
    encoder = JointEncoder(folder)
    assert np.array_equal(*encoder.encode_text(["red red red red blue blue", "red"]))
    encoder.encode_text(["\ud800", "", "red" * 5000])


@pytest.mark.parametrize("name", ["visual.onnx", "textual.onnx", "tokenizer.json"])
def test_changed_and_missing_files_are_refused(folder, name):
    with (folder / name).open("ab") as stream:
        stream.write(b" ")
    with pytest.raises(InvalidInput, match=rf"{name} has been changed"):
        JointEncoder(folder)
    (folder / name).unlink()
    with pytest.raises(NotFound, match=rf"{name} is missing"):
        JointEncoder(folder)


@pytest.mark.parametrize("name", ["visual.onnx", "textual.onnx", "tokenizer.json"])
def test_files_that_are_something_else_are_refused(folder, name):
    (folder / name).write_bytes(b"{}")
    describe_as(folder)
    with pytest.raises(InvalidInput, match=name):
        JointEncoder(folder)


def test_models_that_do_not_fit_are_refused(folder):
    (folder / "textual.onnx").write_bytes(textual(width=5))
    describe_as(folder)
    with pytest.raises(InvalidInput, match="3 numbers and texts 5"):
        JointEncoder(folder)
    (folder / "textual.onnx").write_bytes(textual())
    describe_as(folder, image_size=8)
    with pytest.raises(InvalidInput, match="does not take such input"):
        JointEncoder(folder)


def test_a_model_may_not_read_other_files(folder, tmp_path):
    secret = onnx.TensorProto(name="table", data_type=TensorProto.FLOAT, dims=[5, 3])
    secret.data_location = TensorProto.EXTERNAL
    secret.external_data.add(key="location", value="encoder.json")
    loaded = onnx.load_from_string(textual())
    loaded.graph.initializer[0].CopyFrom(secret)
    (folder / "textual.onnx").write_bytes(loaded.SerializeToString())
    describe_as(folder)
    with pytest.raises(InvalidInput, match="no model that can be run"):
        JointEncoder(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"image_size": 0}, {"image_size": "4"}, {"image_size": 10**9}, {"context": -1}, {"std": [1, 1, 0]},
        {"mean": [1, 1]}, {"mean": 3}, {"mean": ["a", "b", "c"]}, {"sha256": {}}, {"sha256": 3}, {"licence": ""},
        {"other": 1},
    ],
)  # fmt: skip
def test_descriptions_are_checked(folder, changes):
    describe_as(folder, **changes)
    with pytest.raises(InvalidInput):
        describe(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "3", "null"])
def test_descriptions_that_are_none(folder, text):
    (folder / "encoder.json").write_text(text)
    with pytest.raises(InvalidInput, match=r"encoder\.json"):
        describe(folder)


def test_no_description(tmp_path):
    with pytest.raises(NotFound, match="holds no joint encoder"):
        describe(tmp_path)


def test_the_fingerprint_follows_the_files(folder):
    before = describe(folder).fingerprint
    (folder / "visual.onnx").write_bytes(visual() + b"\x00")
    describe_as(folder)
    assert before.startswith("tiny-")
    assert describe(folder).fingerprint != before
