"""Pictures and words in one space, with weights that the user brings (CLIP, SigLIP and their kin, exported to ONNX).

Such an encoder is a folder with `visual.onnx` (pixels to a vector), `textual.onnx` (token ids to a vector),
`tokenizer.json` (of the `tokenizers` library) and `encoder.json`, which describes them:

    {"name": "...", "licence": "...", "image_size": 224, "mean": [r, g, b], "std": [r, g, b], "context": 77,
     "pad_id": 0, "logit_scale": 100.0,
     "sha256": {"visual.onnx": "...", "textual.onnx": "...", "tokenizer.json": "..."}}

`pad_id` (0) and `logit_scale` (none) may be left out. Every model must lie in its one file.

Source: Radford et al., Learning transferable visual models from natural language supervision, ICML 2021.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from ontology.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FILES: Final = ("visual.onnx", "textual.onnx", "tokenizer.json")

_CHARS_A_TOKEN: Final = 16
_TYPES: Final = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


@dataclass(frozen=True, slots=True)
class Description:
    """What `encoder.json` says; `image_size` in pixels, `context` in tokens, `mean` and `std` of colours in [0, 1]."""

    name: str
    licence: str
    image_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    context: int
    sha256: Mapping[str, str]
    pad_id: int = 0
    logit_scale: float | None = None

    def __post_init__(self) -> None:
        texts = all(isinstance(text, str) and text for text in (self.name, self.licence))
        colours = (*self.mean, *self.std)
        numbers = len(self.mean) == len(self.std) == 3 and all(isinstance(x, int | float) for x in colours)
        if not texts or not numbers or min(self.std) <= 0:
            raise InvalidInput("it needs a name, a licence, and three numbers each for mean and std (above 0)")
        for what, value, most in (("image_size", self.image_size, 2048), ("context", self.context, 4096)):
            if not isinstance(value, int) or not 1 <= value <= most:
                raise InvalidInput(f"{what} must be a whole number from 1 to {most}, got {value!r}")
        if not isinstance(self.sha256, dict) or set(self.sha256) != set(FILES):
            raise InvalidInput(f"sha256 must give the checksums of {', '.join(FILES)}")

    @property
    def fingerprint(self) -> str:
        """Name and 12 hex digits that change with any of the files."""
        joined = "".join(str(self.sha256[file]) for file in FILES)
        return f"{self.name}-{hashlib.sha256(joined.encode()).hexdigest()[:12]}"


def describe(folder: Path) -> Description:
    """Read `encoder.json`. Raises `NotFound` where there is none and `InvalidInput` where it is not as it must be."""
    path = folder / "encoder.json"
    if not path.is_file():
        raise NotFound(f"{folder} holds no joint encoder: encoder.json is missing")
    try:
        fields = json.loads(path.read_text("utf-8"))
        return Description(**{**fields, "mean": tuple(fields["mean"]), "std": tuple(fields["std"])})
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput(f"{path} does not describe a joint encoder: {error}") from error


class JointEncoder:
    """Encodes pictures and texts as unit rows of one width; each is run alone."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        from tokenizers import Tokenizer

        self.description = describe(folder)
        contents = {file: _checked(folder / file, self.description.sha256[file]) for file in FILES}
        self._visual = _session(folder / "visual.onnx", contents["visual.onnx"], threads)
        self._textual = _session(folder / "textual.onnx", contents["textual.onnx"], threads)
        try:
            self._tokenizer = Tokenizer.from_buffer(contents["tokenizer.json"])
        except ValueError as error:
            raise InvalidInput(f"{folder / 'tokenizer.json'} is no tokenizer: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.description.context)
        widths = len(self.encode_image([Image.new("RGB", (8, 8))])[0]), len(self.encode_text(["a"])[0])
        if widths[0] != widths[1]:
            raise InvalidInput(f"{folder}: pictures have {widths[0]} numbers and texts {widths[1]}, not one width")

    def encode_image(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Give n x d float32 unit rows."""
        name = self._visual.get_inputs()[0].name
        return _unit([_run(self._visual, {name: self._pixels(image)[None]}) for image in images])

    def encode_text(self, texts: Sequence[str]) -> np.ndarray:
        """Give n x d float32 unit rows; texts are read up to `context` tokens."""
        return _unit([self._encode_text(text) for text in texts])

    def _pixels(self, image: Image.Image) -> np.ndarray:
        """The middle square of the picture, scaled, as 3 x size x size."""
        size, (width, height) = self.description.image_size, image.size
        side = min(width, height)
        box = ((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
        square = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC, box)
        mean, std = (np.array(three, np.float32) for three in (self.description.mean, self.description.std))
        scaled: np.ndarray = ((np.asarray(square, np.float32) / 255 - mean) / std).transpose(2, 0, 1)
        return scaled

    def _encode_text(self, text: str) -> np.ndarray:
        context = self.description.context
        clean = text[: context * _CHARS_A_TOKEN].encode("utf-8", "replace").decode()
        found = self._tokenizer.encode(clean).ids
        ids = np.full((1, context), self.description.pad_id, np.int64)
        ids[0, : len(found)] = found
        mask = (np.arange(context) < len(found)).astype(np.int64)[None]
        feed = {
            entry.name: (mask if "mask" in entry.name else ids).astype(_TYPES.get(entry.type, np.int64))
            for entry in self._textual.get_inputs()
        }
        return _run(self._textual, feed)


def _checked(path: Path, expected: str) -> bytes:
    """The file's content, once: what was checked is what is used."""
    if not path.is_file():
        raise NotFound(f"{path} is missing")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise InvalidInput(f"{path} has been changed: SHA-256 should be {expected}, is {found}")
    return content


def _session(path: Path, content: bytes, threads: int) -> InferenceSession:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except (
        state.Fail,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NotImplemented,
        state.RuntimeException,
    ) as error:
        raise InvalidInput(f"{path} is no model that can be run: {error}") from error


def _run(session: InferenceSession, feed: dict[str, Any]) -> np.ndarray:
    """The vector that a model makes of one input. Raises `InvalidInput` if it makes something else."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    try:
        output = session.run(None, feed)[0]
    except (state.Fail, state.InvalidArgument, state.RuntimeException, ValueError) as error:
        raise InvalidInput(f"the joint encoder does not take such input: {error}") from error
    if output.ndim != 2 or len(output) != 1:
        raise InvalidInput(f"the joint encoder's first output must be 1 x width, is {output.shape}")
    vector: np.ndarray = output[0].astype(np.float32)
    return vector


def _unit(rows: Sequence[np.ndarray]) -> np.ndarray:
    if not rows:
        return np.zeros((0, 0), np.float32)
    matrix = np.stack(rows)
    unit: np.ndarray = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return unit
