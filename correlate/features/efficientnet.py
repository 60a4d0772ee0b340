"""EfficientNet-Lite0 as an ONNX graph, built in memory from the published PyTorch weights without PyTorch.

Source: Tan and Le, EfficientNet, ICML 2019; the Lite variant (no squeeze-and-excitation, ReLU6) is Google's of 2020.
The weights were trained with TensorFlow, hence its way of padding (SAME: the odd pixel goes right and below). Batch
normalisation is folded into the convolutions.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import onnx
from numpy.lib.stride_tricks import as_strided
from onnx import TensorProto, helper, numpy_helper

from ontology.errors import InvalidInput

SIZE: Final = 224
FEATURES: Final = 1280
CLASSES: Final = 1000

STAGES: Final = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))
"""Number of blocks and stride of the first block, for each stage; kernels and widths are those of the weights."""

_EPSILON: Final = 1e-3
_OPSET: Final = 17
_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PROTOCOL: Final = 1001
_TYPES: Final[dict[str, np.dtype[Any]]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Tensor:
    """What the pickle says of a tensor: which storage, and the part of it."""

    def __init__(self, storage: tuple[str, str], offset: int, shape: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self.type, self.key = storage
        self.offset, self.shape, self.stride = offset, shape, stride

    def array(self, storage: np.ndarray) -> np.ndarray:
        """The tensor, once its storage is read. Raises `InvalidInput` if it reaches beyond the storage."""
        last = self.offset + sum((n - 1) * step for n, step in zip(self.shape, self.stride, strict=True))
        if min((self.offset, *self.stride)) < 0 or min(self.shape, default=1) < 1 or last >= len(storage):
            raise InvalidInput(f"a tensor of shape {self.shape} does not lie in its storage of {len(storage)} numbers")
        steps = [step * storage.itemsize for step in self.stride]
        # Kernels that were converted from TensorFlow lie in another order of axes.
        return np.ascontiguousarray(as_strided(storage[self.offset :], self.shape, steps, writeable=False))


def _rebuild(
    storage: tuple[str, str], offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, stride)


class _Unpickler(pickle.Unpickler):
    """Reads a state dictionary and nothing else: any other class or function in the pickle is refused."""

    def find_class(self, module: str, name: str) -> object:
        """Stand-ins for the four names that such a file needs."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _TYPES:
            return name
        raise InvalidInput(f"weights must hold tensors only, found {module}.{name}")

    def persistent_load(self, pid: object) -> tuple[str, str]:
        """The type and key of a storage."""
        match pid:
            case ("storage", str(type_), str(key), str(), int(), None):
                return type_, key
        raise InvalidInput(f"weights must refer to storages only, found {pid!r}")


def read_state(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a PyTorch state dictionary in the format from before version 1.6.

    The file is a row of pickles (magic number, protocol, machine, tensors, keys of storages), then each storage as an
    int64 count and its numbers. Raises `InvalidInput` on anything else, and runs nothing that the file names.
    """
    with path.open("rb") as stream:
        try:
            magic, protocol, machine, state, keys = (_Unpickler(stream).load() for _ in range(5))
            if (magic, protocol) != (_MAGIC, _PROTOCOL) or not machine["little_endian"]:
                raise InvalidInput(f"{path} is not a PyTorch file of the old format")
            types = {tensor.key: _TYPES[tensor.type] for tensor in state.values()}
            storages = {key: _storage(stream, types[key]) for key in keys}
            return {name: tensor.array(storages[tensor.key]) for name, tensor in state.items()}
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidInput(f"{path} is not a PyTorch file of the old format: {error}") from error


def _storage(stream: BinaryIO, type_: np.dtype[Any]) -> np.ndarray:
    count = int.from_bytes(stream.read(8), "little", signed=True)
    content = stream.read(max(0, count) * type_.itemsize)
    return np.frombuffer(content, type_, count)


class _Graph:
    """An ONNX graph under construction; each method adds a layer after `last` and takes its place."""

    def __init__(self, state: dict[str, np.ndarray], last: str) -> None:
        self.state = state
        self.last = last
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {
            "zero": np.array(0, np.float32),
            "six": np.array(6, np.float32),
        }

    def add(self, operation: str, inputs: Sequence[str], **attributes: Any) -> None:
        """One node whose output becomes `last`."""
        output = f"{operation}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        self.last = output

    def convolve(self, name: str, norm: str, stride: int = 1, depthwise: bool = False, activate: bool = True) -> None:
        """Convolution with its batch normalisation folded in, then ReLU6."""
        kernel = self.state[f"{name}.weight"]
        variance = self.state[f"{norm}.running_var"]
        scale = self.state[f"{norm}.weight"] / np.sqrt(variance + np.float32(_EPSILON))
        self.constants[f"{name}.weight"] = kernel * scale[:, None, None, None]
        self.constants[f"{name}.bias"] = self.state[f"{norm}.bias"] - self.state[f"{norm}.running_mean"] * scale
        self.add(
            "Conv",
            [self.last, f"{name}.weight", f"{name}.bias"],
            kernel_shape=kernel.shape[2:],
            strides=[stride, stride],
            group=len(kernel) if depthwise else 1,
            auto_pad="SAME_UPPER",
        )
        if activate:
            self.add("Clip", [self.last, "zero", "six"])

    def block(self, name: str, stride: int, expand: bool) -> None:
        """Inverted residual: widen, convolve each channel, narrow; the input is added where the shape stays."""
        entry, width = self.last, self.state[f"{name}._depthwise_conv.weight"].shape[0]
        if expand:
            width = self.state[f"{name}._expand_conv.weight"].shape[1]
            self.convolve(f"{name}._expand_conv", f"{name}._bn0")
        self.convolve(f"{name}._depthwise_conv", f"{name}._bn1", stride, depthwise=True)
        self.convolve(f"{name}._project_conv", f"{name}._bn2", activate=False)
        if stride == 1 and self.state[f"{name}._project_conv.weight"].shape[0] == width:
            self.add("Add", [self.last, entry])


def build(state: dict[str, np.ndarray]) -> bytes:
    """The network as a serialised ONNX model.

    Input `pixels`: n x 3 x 224 x 224 float32, (value - 127) / 128. Outputs: `embedding` n x 1280 (mean of the last
    feature map, all >= 0) and `logits` n x 1000. Raises `InvalidInput` if a tensor is missing.
    """
    try:
        graph = _layers(state)
    except KeyError as error:
        raise InvalidInput(f"the weights have no tensor {error}") from error
    shape: list[str | int | None] = ["n", 3, SIZE, SIZE]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite0",
            [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, shape)],
            [
                helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", FEATURES]),
                helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", CLASSES]),
            ],
            [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=8,
    )
    return bytes(model.SerializeToString())


def _layers(state: dict[str, np.ndarray]) -> _Graph:
    graph = _Graph(state, "pixels")
    graph.convolve("_conv_stem", "_bn0", stride=2)
    number = 0
    for repeats, stride in STAGES:
        for repeat in range(repeats):
            graph.block(f"_blocks.{number}", stride if repeat == 0 else 1, expand=number > 0)
            number += 1
    graph.convolve("_conv_head", "_bn1")
    graph.add("GlobalAveragePool", [graph.last])
    graph.add("Flatten", [graph.last])
    graph.nodes[-1].output[0] = "embedding"
    graph.constants["_fc.weight"], graph.constants["_fc.bias"] = state["_fc.weight"], state["_fc.bias"]
    graph.add("Gemm", ["embedding", "_fc.weight", "_fc.bias"], transB=1)
    graph.nodes[-1].output[0] = "logits"
    return graph
