"""A volcano under ice with its ash column, seen across farmland: a height field drawn column by column, with puffs."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from texture import Picture, clouds, grain, over, sky

WIDTH, HEIGHT = 640, 427


def _height_field(size: int, seed: int) -> Picture:
    """A cone with a crater, gullies down its flanks and foothills; heights in [0, 1]."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    lumps = clouds((size, size), seed, scale=size / 5, octaves=8)
    gullies = np.sin(angle * 11 + 16 * lumps + 5 * radius) * np.sin(angle * 23 + 9 * lumps)
    cone = 0.80 * np.exp(-((radius / 0.40) ** 1.15)) * (1 + 0.10 * gullies * np.clip(radius * 4, 0, 1))
    rim = 0.60 + 0.06 * (lumps - 0.5)
    flat = np.where(cone > rim, rim - 0.5 * (cone - rim), cone)
    return np.clip(flat + 0.16 * (lumps - 0.5) * np.clip(radius * 2, 0.1, 1), 0, None)


def _mountain(size: int, seed: int, snow_line: float, haze: tuple[float, float, float]) -> tuple[Picture, Picture]:
    """Colour and coverage of the mountain as seen from the plain: the field marched from front to back."""
    field = _height_field(size, seed)
    down_y, down_x = np.gradient(field, 2 / size)
    light = (-0.75 * down_x - 0.25 * down_y + 0.65) / np.sqrt(1 + down_x**2 + down_y**2)
    patches = clouds((size, size), seed + 7, scale=size / 20, octaves=5)
    snow = np.clip((field + 0.16 * (patches - 0.5) - snow_line) * 14, 0, 1)
    rock = np.array([0.30, 0.26, 0.24]) + 0.12 * (patches[..., None] - 0.5)
    grass = np.array([0.34, 0.36, 0.20]) + 0.12 * (patches[..., None] - 0.5)
    low = np.clip(1 - field * 7, 0, 1)[..., None]
    ground = rock * (1 - low) + grass * low
    colour = ground * (1 - snow[..., None]) + np.array([0.93, 0.95, 1.0]) * snow[..., None]
    colour = colour * np.clip(light, 0.18, 1.25)[..., None]
    picture, coverage = np.zeros((HEIGHT, WIDTH, 3)), np.zeros((HEIGHT, WIDTH))
    lowest = np.full(WIDTH, HEIGHT)
    columns = np.arange(WIDTH)
    rows = np.arange(HEIGHT)[:, None]
    for step in range(int(size * 0.93), 0, -1):
        distance = 1.25 + (size - step) / size * 2
        x = ((columns / WIDTH - 0.5) * distance * 0.72 + 0.5) * (size - 1)
        inside = np.clip(np.rint(x).astype(int), 0, size - 1)
        top = (HEIGHT * 0.72 - (field[step, inside] - 0.085) / distance * HEIGHT * 1.55).astype(int)
        visible = (rows >= np.clip(top, 0, HEIGHT)) & (rows < lowest)
        faded = np.clip((distance - 1.25) / 2.6, 0, 1) * 0.55
        picture += visible[..., None] * (colour[step, inside] * (1 - faded) + np.array(haze) * faded)[None]
        coverage += visible
        lowest = np.minimum(lowest, np.clip(top, 0, HEIGHT))
    return picture, np.clip(coverage, 0, 1)


def _meadow(seed: int) -> Picture:
    """Grass in the foreground, in strips that widen towards the viewer."""
    rows = int(HEIGHT * 0.34)
    blades = clouds((rows, WIDTH), seed, scale=9, octaves=4, stretch=1.5)
    strips = clouds((rows, WIDTH), seed + 1, scale=26, octaves=3, stretch=9.0)
    near = np.linspace(0.55, 1.0, rows)[:, None]
    light = 0.55 + 0.5 * (blades - 0.5) * near + 0.7 * (strips - 0.5)
    return np.clip(light[..., None] * np.array([0.50, 0.52, 0.26]), 0, 1)


def _plume(seed: int, lean: float, top: float, dark: float) -> tuple[Picture, Picture]:
    """Colour and opacity of an ash column: lit puffs piled up from the crater, drifting off by `lean`."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    colour, opacity = np.zeros((HEIGHT, WIDTH, 3)), np.zeros((HEIGHT, WIDTH))
    lumps = clouds((HEIGHT, WIDTH), seed + 1, scale=30, octaves=5)
    for rise in np.sort(rng.random(420)) ** 0.9:
        radius = (7 + 62 * rise**1.1) * rng.uniform(0.55, 1.0)
        spread = (6 + 70 * rise**1.3) * rng.normal(0, 0.6)
        centre_x = WIDTH * 0.5 + lean * rise**1.7 * WIDTH + spread
        centre_y = HEIGHT * 0.38 - rise * HEIGHT * top + rng.normal(0, 6 + 14 * rise)
        dx, dy = (x - centre_x) / radius, (y - centre_y) / radius
        ball = 1 - dx**2 - dy**2 - 0.9 * (lumps - 0.45)
        alpha = np.clip(ball * 2.2, 0, 1)
        normal = np.clip(0.5 - 0.42 * dx - 0.5 * dy, 0, 1.1)
        shade = dark + (0.88 - dark) * normal**1.4 * (0.55 + 0.45 * rise) + 0.10 * (lumps - 0.5)
        tint = shade[..., None] * np.array([1.0, 0.965, 0.93])
        colour = over(colour, tint, alpha)
        opacity = np.maximum(opacity, alpha)
    return np.clip(colour, 0, 1), gaussian_filter(opacity, 1.0)


def volcano(
    seed: int, lean: float = 0.15, snow_line: float = 0.33, evening: bool = False, dark: float = 0.22
) -> Picture:
    """An erupting volcano, 427 x 640 x 3. `lean` is the drift of its plume as a part of the width."""
    top, bottom = ((52, 78, 120), (238, 190, 150)) if evening else ((70, 120, 180), (200, 215, 228))
    haze = (0.86, 0.72, 0.62) if evening else (0.74, 0.80, 0.86)
    picture = sky((HEIGHT, WIDTH), top, bottom, seed + 3, cover=0.35)
    plume, opacity = _plume(seed + 5, lean, 0.36, dark)
    picture = over(picture, plume, opacity)
    mountain, coverage = _mountain(720, seed, snow_line, haze)
    meadow = _meadow(seed + 11)
    plain = np.zeros_like(picture)
    plain[-len(meadow) :] = meadow
    far = np.zeros((HEIGHT, WIDTH))
    far[-len(meadow) :] = 1
    picture = over(picture, plain * 0.75 + 0.25 * np.array(haze), far)
    picture = over(picture, mountain, coverage)
    hedge = HEIGHT * (0.69 + 0.02 * clouds((1, WIDTH), seed + 2, scale=90, octaves=5)[0])
    near = np.clip(np.arange(HEIGHT)[:, None] - hedge, 0, 1)
    picture = over(picture, plain, near)
    if evening:
        picture = picture * np.array([1.06, 0.95, 0.86])
    return grain(np.clip(picture, 0, 1), seed + 9)
