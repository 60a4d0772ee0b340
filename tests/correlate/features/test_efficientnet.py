"""The graph is compared with the same network computed step by step in numpy, on tiny random weights."""

import os
import pickle

import numpy as np
import onnxruntime
import pytest

from correlate.features.efficientnet import STAGES, build, read_state
from correlate.features.weights import locate
from ontology.errors import InvalidInput

WIDTHS = (3, 4, 4, 6, 6, 8, 8)


class _Random:
    """A state dictionary of the network's names, a few channels wide."""

    def __init__(self):
        self.random = np.random.default_rng(7)
        self.state = {}

    def convolution(self, name, norm, out, into, kernel):
        spread = 1 / np.sqrt(into * kernel * kernel)
        self.state[f"{name}.weight"] = self.random.normal(0, spread, (out, into, kernel, kernel)).astype(np.float32)
        for part, low, high in (("weight", 0.5, 2), ("bias", -1, 1), ("running_mean", -1, 1), ("running_var", 0.1, 2)):
            self.state[f"{norm}.{part}"] = self.random.uniform(low, high, out).astype(np.float32)


def tiny_state():
    made = _Random()
    made.convolution("_conv_stem", "_bn0", 4, 3, 3)
    width, number = 4, 0
    for (repeats, _), out in zip(STAGES, WIDTHS, strict=True):
        for _ in range(repeats):
            name, wide = f"_blocks.{number}", width if number == 0 else 2 * width
            if number:
                made.convolution(f"{name}._expand_conv", f"{name}._bn0", wide, width, 1)
            made.convolution(f"{name}._depthwise_conv", f"{name}._bn1", wide, 1, 5 if number % 2 else 3)
            made.convolution(f"{name}._project_conv", f"{name}._bn2", out, wide, 1)
            width, number = out, number + 1
    made.convolution("_conv_head", "_bn1", 1280, width, 1)
    made.state["_fc.weight"] = made.random.normal(0, 0.1, (1000, 1280)).astype(np.float32)
    made.state["_fc.bias"] = made.random.normal(0, 0.1, 1000).astype(np.float32)
    return made.state


def convolve(x, kernel, stride, depthwise):
    """TensorFlow's SAME convolution of channels x height x width, by summing shifted pictures."""
    size = kernel.shape[2]
    out = -(-x.shape[1] // stride)
    pad = max((out - 1) * stride + size - x.shape[1], 0)
    padded = np.pad(x, ((0, 0), (pad // 2, pad - pad // 2), (pad // 2, pad - pad // 2)))
    total = 0.0
    for i in range(size):
        for j in range(size):
            part = padded[:, i : i + (out - 1) * stride + 1 : stride, j : j + (out - 1) * stride + 1 : stride]
            weights = kernel[:, :, i, j]
            part = part.reshape(len(part), -1)
            total = total + (weights * part if depthwise else weights @ part)
    return np.asarray(total).reshape(-1, out, out)


def layer(state, x, name, norm, stride=1, depthwise=False, activate=True):
    x = convolve(x, state[f"{name}.weight"].astype(float), stride, depthwise)
    mean, variance = (state[f"{norm}.{part}"][:, None, None] for part in ("running_mean", "running_var"))
    scale, shift = (state[f"{norm}.{part}"][:, None, None] for part in ("weight", "bias"))
    x = (x - mean) / np.sqrt(variance + 1e-3) * scale + shift
    return np.clip(x, 0, 6) if activate else x


def expected(state, x):
    x = layer(state, x, "_conv_stem", "_bn0", 2)
    number = 0
    for repeats, first_stride in STAGES:
        for repeat in range(repeats):
            name, entry, stride = f"_blocks.{number}", x, first_stride if repeat == 0 else 1
            if number:
                x = layer(state, x, f"{name}._expand_conv", f"{name}._bn0")
            x = layer(state, x, f"{name}._depthwise_conv", f"{name}._bn1", stride, depthwise=True)
            x = layer(state, x, f"{name}._project_conv", f"{name}._bn2", activate=False)
            x = x + entry if stride == 1 and entry.shape == x.shape else x
            number += 1
    embedding = layer(state, x, "_conv_head", "_bn1").mean(axis=(1, 2))
    return embedding, state["_fc.weight"] @ embedding + state["_fc.bias"]


def test_the_graph_computes_the_network():
    state = tiny_state()
    session = onnxruntime.InferenceSession(build(state), providers=["CPUExecutionProvider"])
    pixels = np.random.default_rng(1).uniform(-1, 1, (2, 3, 224, 224)).astype(np.float32)
    embeddings, logits = session.run(["embedding", "logits"], {"pixels": pixels})
    for row in range(2):
        embedding, logit = expected(state, pixels[row].astype(float))
        assert embeddings[row] == pytest.approx(embedding, abs=1e-3)
        assert logits[row] == pytest.approx(logit, abs=1e-3)
        assert embedding.std() > 0.1


def test_a_missing_tensor_is_named():
    state = tiny_state()
    del state["_blocks.3._bn2.running_var"]
    with pytest.raises(InvalidInput, match=r"_blocks\.3\._bn2\.running_var"):
        build(state)


def test_the_published_weights_are_read():
    state = read_state(locate("efficientnet-lite0"))
    assert state["_fc.weight"].shape == (1000, 1280)
    assert state["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert all(np.isfinite(tensor).all() for tensor in state.values())
    assert min(state[name].min() for name in state if name.endswith("running_var")) >= 0


class _Evil:
    def __reduce__(self):
        return os.system, ("echo no",)


@pytest.mark.parametrize("content", [b"", b"no pickle", b"PK\x03\x04", pickle.dumps(_Evil()), pickle.dumps(1) * 5])
def test_other_files_are_refused_and_nothing_in_them_is_run(tmp_path, content):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        read_state(path)


def test_a_file_that_ends_early_is_refused(tmp_path):
    path = tmp_path / "weights.pth"
    whole = locate("efficientnet-lite0").read_bytes()
    for size in (100, 30_000, len(whole) - 1000):
        path.write_bytes(whole[:size])
        with pytest.raises(InvalidInput, match="not a PyTorch file"):
            read_state(path)


def test_a_tensor_must_lie_within_its_storage(tmp_path):
    content = locate("efficientnet-lite0").read_bytes()
    # The stem's shape, 32 x 3 x 3 x 3, as the pickle writes it; the first number is made 64.
    changed = content.replace(b"K\x00(K K\x03K\x03K\x03t", b"K\x00(K@K\x03K\x03K\x03t", 1)
    assert changed != content
    path = tmp_path / "weights.pth"
    path.write_bytes(changed)
    with pytest.raises(InvalidInput, match="does not lie in its storage"):
        read_state(path)
