"""Lines of writing in a picture: found as regions, straightened, and read character by character (PP-OCRv6 small).

Sources: Liao et al., Real-time scene text detection with differentiable binarization, AAAI 2020 (the detector's map and
how a line grows from its core); Graves et al., Connectionist temporal classification, ICML 2006 (reading the line).
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

from correlate.features.weights import WEIGHTS, locate

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SIDES: Final = (640, 960)
"""Pixels of the longest side at which lines are looked for: pictures outside this range are enlarged or reduced."""

METHOD: Final = WEIGHTS["rapidocr"].fingerprint

MAX_LINES: Final = 60
"""Lines read of one picture, the largest first: a page of print is no reason to stop the others."""

CORE: Final = 0.3  # probability that makes a pixel part of a line's core
FOUND: Final = 0.6  # mean probability of a core that is a line
GROW: Final = 1.6  # a core grows by its area times this over its perimeter
SURE: Final = 0.6  # mean probability of the characters of a line that is kept
LETTERS: Final = 2  # fewest letters of a line that is kept

_HEIGHT: Final = 48  # of a line as the reader takes it
_WIDEST: Final = 1536
_TALL: Final = 1.5  # height over width from which a line is taken to stand
_SMALLEST: Final = 3.0  # pixels of the shorter side of a core


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing; `box` is x, y, width, height in pixels of the picture, `score` in [0, 1]."""

    text: str
    box: tuple[int, int, int, int]
    score: float


class Reader:
    """Finds and reads lines in Latin or Chinese characters, level, upwards or downwards."""

    def __init__(self, threads: int = 1) -> None:
        folder = locate("rapidocr")
        self._detector = _session(str(folder / "PP-OCRv6_det_small.onnx"), threads)
        self._reader = _session(str(folder / "PP-OCRv6_rec_small.onnx"), threads)
        characters = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._alphabet = np.array(["", *characters, " "])

    def lines(self, image: Image.Image) -> list[Line]:
        """The lines of at least two letters that were read with some certainty, from top to bottom, left to right."""
        pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
        found = []
        for corners in self._find(pixels):
            line = _straighten(pixels, corners)
            tall = len(line) >= _TALL * line.shape[1]
            # A tall line may run upwards or downwards: the reading that is surer is right.
            turned = (np.rot90(line, -1), np.rot90(line)) if tall else (line,)
            text, score = max(map(self._read, turned), key=itemgetter(1))
            if score >= SURE and sum(map(str.isalpha, text)) >= LETTERS:
                found.append(Line(text, _box(corners, image.size), round(score, 4)))
        return in_order(found)

    def _find(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Corners of the lines, each 4 x 2 (x, y), clockwise from the upper left."""
        height, width = pixels.shape[:2]
        longest = max(height, width)
        scale = float(np.clip(longest, *SIDES)) / longest
        # The network halves the picture five times.
        size = [max(32, round(side * scale / 32) * 32) for side in (width, height)]
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        probable = self._detector.run(None, {"x": _scaled(small)[None]})[0][0, 0]
        return [corners * (width / size[0], height / size[1]) for corners in cores(probable)]

    def _read(self, line: np.ndarray) -> tuple[str, float]:
        """Text of a straightened line, and the mean probability of its characters."""
        height, width = line.shape[:2]
        resized = cv2.resize(line, (int(np.clip(round(width * _HEIGHT / height), 16, _WIDEST)), _HEIGHT))
        steps = self._reader.run(None, {"x": _scaled(resized)[None]})[0][0]
        best = steps.argmax(axis=1)
        new = (best != 0) & (best != np.concatenate(([0], best[:-1])))
        if not new.any():
            return "", 0.0
        return "".join(self._alphabet[best[new]]).strip(), float(steps.max(axis=1)[new].mean())


def _session(path: str, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # pictures differ in size, and the arena would keep the most it ever needed
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _scaled(pixels: np.ndarray) -> np.ndarray:
    """Height x width x 3 bytes as 3 x height x width numbers in [-1, 1]."""
    scaled: np.ndarray = pixels.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    return scaled


def cores(probable: np.ndarray) -> list[np.ndarray]:
    """Corners (4 x 2, x and y, clockwise from the upper left) of the lines in a map of probabilities, largest first."""
    count, regions, boxes, _ = cv2.connectedComponentsWithStats((probable > CORE).astype(np.uint8))
    areas = np.bincount(regions.ravel(), minlength=count)
    means = np.bincount(regions.ravel(), probable.ravel(), minlength=count) / np.maximum(areas, 1)
    kept = [region for region in np.argsort(-areas, kind="stable") if region > 0 and means[region] >= FOUND]
    lines = []
    for region in kept[:MAX_LINES]:
        x, y, width, height = boxes[region, :4]
        points = np.argwhere(regions[y : y + height, x : x + width] == region)[:, ::-1] + (x, y)
        centre, (w, h), angle = cv2.minAreaRect(points.astype(np.float32))
        if min(w, h) < _SMALLEST:
            continue
        grown = GROW * w * h / (2 * (w + h))
        lines.append(_clockwise(cv2.boxPoints((centre, (w + 2 * grown, h + 2 * grown), angle))))
    return lines


def _clockwise(corners: np.ndarray) -> np.ndarray:
    """Order corners from the upper left: the left two by height, the right two by height."""
    left_to_right = corners[np.argsort(corners[:, 0], kind="stable")]
    left = left_to_right[:2][np.argsort(left_to_right[:2, 1], kind="stable")]
    right = left_to_right[2:][np.argsort(left_to_right[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def _straighten(pixels: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Cut a line out, its upper left corner at the upper left."""
    corners = corners.astype(np.float32)
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = max(1, int(max(sides[0], sides[2]))), max(1, int(max(sides[1], sides[3])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    transform = cv2.getPerspectiveTransform(corners, target)
    return cv2.warpPerspective(
        pixels, transform, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def _box(corners: np.ndarray, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The upright box around corners, at least a pixel each way, within a picture of that size."""
    limits = np.array(size)
    first = np.clip(np.floor(corners.min(axis=0)), 0, limits - 1).astype(int)
    last = np.clip(np.ceil(corners.max(axis=0)), first + 1, limits).astype(int)
    return int(first[0]), int(first[1]), int(last[0] - first[0]), int(last[1] - first[1])


def in_order(lines: list[Line]) -> list[Line]:
    """Lines in the order of reading: rows from the top, in a row from the left.

    A line belongs to the row above it when its middle lies within the first line of that row.
    """
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (2 * line.box[1] + line.box[3], line.box)):
        middle = line.box[1] + line.box[3] / 2
        if rows and middle <= rows[-1][0].box[1] + rows[-1][0].box[3]:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box)]
