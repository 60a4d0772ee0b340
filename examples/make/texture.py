"""Noise, gradients and grain: what makes a computed picture look less flat.

All arrays are float64 in [0, 1], height x width (x 3); every random number comes from the seed that the caller gives.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, zoom

Picture = NDArray[np.float64]


def clouds(shape: tuple[int, int], seed: int, scale: float = 64.0, octaves: int = 6, stretch: float = 1.0) -> Picture:
    """Fractal noise in [0, 1]: lumps `scale` pixels wide, halved in size and strength `octaves` times.

    `stretch` > 1 draws the lumps out sideways.
    """
    rng = np.random.default_rng(seed)
    height, width = shape
    total = np.zeros(shape)
    for octave in range(octaves):
        size = max(scale / 2**octave, 1.0)
        rows, columns = int(height / size) + 3, int(width / (size * stretch)) + 3
        grid = rng.random((rows, columns))
        smooth = zoom(grid, (size, size * stretch), order=3)[:height, :width]
        total += smooth * 0.5**octave
    total -= total.min()
    return total / total.max()


def sky(
    shape: tuple[int, int], top: tuple[int, int, int], bottom: tuple[int, int, int], seed: int, cover: float
) -> Picture:
    """A sky that goes from `top` to `bottom` (RGB, 0 to 255), `cover` of it (0 to 1) behind thin cloud."""
    height, width = shape
    down = np.linspace(0, 1, height)[:, None, None] ** 0.8
    colour = (1 - down) * np.array(top) / 255 + down * np.array(bottom) / 255
    veil = np.clip(clouds(shape, seed, scale=height / 2, stretch=2.5) - (1 - cover), 0, 1)[..., None] * 1.5
    return np.clip(np.broadcast_to(colour, (height, width, 3)) * (1 - veil) + 0.96 * veil, 0, 1)


def over(base: Picture, colour: tuple[float, float, float] | Picture, alpha: Picture) -> Picture:
    """Lay a colour (or a picture) over `base` where `alpha` is 1."""
    return base * (1 - alpha[..., None]) + np.asarray(colour) * alpha[..., None]


def water(shape: tuple[int, int], near: tuple[int, int, int], far: tuple[int, int, int], seed: int) -> Picture:
    """Water seen at a low angle: ripples that grow towards the lower edge, lighter towards the horizon."""
    height = shape[0]
    ripples = np.zeros(shape)
    for layer, squeeze in enumerate((3.0, 8.0, 20.0)):
        ripples += clouds(shape, seed + layer, scale=6 + 5 * layer, octaves=3, stretch=squeeze) - 0.5
    down = np.linspace(0, 1, height)[:, None]
    light = ripples * (0.10 + 0.25 * down)
    colour = (1 - down[..., None]) * np.array(far) / 255 + down[..., None] * np.array(near) / 255
    return np.clip(colour + light[..., None], 0, 1)


def grain(picture: Picture, seed: int, strength: float = 0.015, blur: float = 0.5) -> Picture:
    """The picture as a cheap camera would give it: a little soft, a little noisy, darker at the corners."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    soft = gaussian_filter(picture, (blur, blur, 0))
    noise = np.random.default_rng(seed).normal(0, strength, picture.shape)
    return np.clip(soft * (1 - 0.12 * (x**2 + y**2))[..., None] + noise, 0, 1)


def to_image(picture: Picture) -> Image.Image:
    """A Pillow picture of an array in [0, 1]."""
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))


def to_array(image: Image.Image) -> Picture:
    """An array in [0, 1] of a Pillow picture, three colours."""
    return np.asarray(image.convert("RGB"), dtype=np.float64) / 255


def save_photo(picture: Picture | Image.Image, path: Path, quality: int = 80) -> None:
    """Write a JPEG."""
    image = picture if isinstance(picture, Image.Image) else to_image(picture)
    image.convert("RGB").save(path, quality=quality, optimize=True)


def save_drawing(image: Image.Image, path: Path) -> None:
    """Write a PNG of at most 128 colours, which is enough for a map or a chart and small."""
    image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
