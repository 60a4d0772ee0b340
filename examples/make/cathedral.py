"""A Gothic west front with two square towers, a rose window and three portals, by day, at dusk or on fire."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import gaussian_filter
from texture import Picture, clouds, grain, over, sky, to_array

WIDTH, HEIGHT = 480, 600
SCALE = 3
Colour = tuple[int, int, int]
STONE, SHADOW, LIGHT, DARK = (196, 182, 156), (128, 116, 98), (222, 210, 186), (46, 42, 42)


def _pointed(draw: ImageDraw.ImageDraw, x: float, base: float, width: float, height: float, fill: Colour) -> None:
    """A lancet: a rectangle under a pointed arch, centred at x."""
    points = [(x - width / 2, base), (x - width / 2, base - height + width)]
    points += [
        (x + width / 2 - width * math.cos(t), base - height + width - width * math.sin(t))
        for t in np.linspace(0, 1.047, 9)
    ]
    points += [
        (x - width / 2 + width * math.cos(t), base - height + width - width * math.sin(t))
        for t in np.linspace(1.047, 0, 9)
    ]
    points += [(x + width / 2, base)]
    draw.polygon([(px * SCALE, py * SCALE) for px, py in points], fill=fill)


def _box(draw: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
    draw.rectangle((left * SCALE, top * SCALE, right * SCALE, bottom * SCALE), fill=fill)


def _portal(draw: ImageDraw.ImageDraw, x: float, ground: float, width: float, height: float) -> None:
    """Nested arches, each darker and smaller, with double doors."""
    for ring, tone in enumerate((LIGHT, SHADOW, STONE, SHADOW, STONE, DARK)):
        shrink = 1 - ring * 0.105
        _pointed(draw, x, ground, width * shrink, height * (1 - ring * 0.075), tone)
    _box(draw, x - width * 0.20, ground - height * 0.45, x + width * 0.20, ground, (84, 54, 38))
    _box(draw, x - 1, ground - height * 0.45, x + 1, ground, LIGHT)


def _rose(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    """A round window: rings of petals in dark glass between stone spokes."""
    for size, tone in ((1.0, LIGHT), (0.93, SHADOW), (0.88, DARK)):
        r = radius * size * SCALE
        draw.ellipse((x * SCALE - r, y * SCALE - r, x * SCALE + r, y * SCALE + r), fill=tone)
    for count, distance, size in ((24, 0.76, 0.082), (12, 0.52, 0.105), (12, 0.28, 0.065)):
        for petal in range(count):
            angle = 2 * math.pi * petal / count
            cx, cy = x + radius * distance * math.cos(angle), y + radius * distance * math.sin(angle)
            r = radius * size * SCALE
            tone = ((52, 62, 120), (110, 40, 60), (60, 90, 120))[petal % 3]
            box = (cx * SCALE - r, cy * SCALE - r, cx * SCALE + r, cy * SCALE + r)
            draw.ellipse(box, fill=tone, outline=LIGHT, width=SCALE // 2)
    for spoke in range(12):
        angle = 2 * math.pi * (spoke + 0.5) / 12
        ends = [(x + radius * d * math.cos(angle), y + radius * d * math.sin(angle)) for d in (0.12, 0.88)]
        draw.line([(px * SCALE, py * SCALE) for px, py in ends], fill=STONE, width=SCALE)


def _tower(draw: ImageDraw.ImageDraw, left: float, right: float, top: float, foot: float) -> None:
    """A belfry: two tall pairs of louvred lancets between buttresses, a balustrade on top."""
    _box(draw, left, top, right, foot, STONE)
    for edge in (left, right - 13):
        _box(draw, edge, top - 4, edge + 13, foot, LIGHT if edge == left else SHADOW)
    for x in (left + (right - left) * 0.335, left + (right - left) * 0.665):
        _pointed(draw, x, foot - 8, 32, foot - top - 22, LIGHT)
        _pointed(draw, x, foot - 8, 26, foot - top - 30, DARK)
        for slat in range(int(top) + 58, int(foot) - 10, 8):
            _box(draw, x - 12, slat, x + 12, slat + 2, (92, 84, 76))
        _box(draw, x - 1.5, top + 40, x + 1.5, foot - 8, STONE)
    _box(draw, left - 4, top - 10, right + 4, top, LIGHT)
    for post in np.arange(left - 2, right + 2, 6.5):
        _box(draw, post, top - 18, post + 3, top - 10, STONE)
    _box(draw, left - 4, top - 20, right + 4, top - 17, LIGHT)


def _front() -> Image.Image:
    """The building on a transparent ground."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    left, right, ground = 84, 396, 548
    _tower(draw, left, left + 110, 96, 258)
    _tower(draw, right - 110, right, 96, 258)
    _box(draw, left, 250, right, ground, STONE)
    for column in np.arange(left + 6, right - 6, 11):
        _pointed(draw, column + 4, 262, 8, 44, DARK)
        _box(draw, column - 1.5, 216, column + 0.5, 264, LIGHT)
    _box(draw, left - 5, 258, right + 5, 266, LIGHT)
    _box(draw, left - 5, 266, right + 5, 269, SHADOW)
    _rose(draw, (left + right) / 2, 318, 42)
    for side in (left + 58, right - 58):
        _pointed(draw, side, 364, 76, 84, SHADOW)
        for lancet in (side - 17, side + 17):
            _pointed(draw, lancet, 364, 27, 66, DARK)
    _box(draw, left - 5, 372, right + 5, 378, LIGHT)
    for niche in np.arange(left + 9, right - 8, 10.6):
        _pointed(draw, niche, 410, 9, 30, DARK)
        _box(draw, niche - 1.6, 388, niche + 1.6, 409, STONE)
    _box(draw, left - 5, 410, right + 5, 416, LIGHT)
    _box(draw, left - 5, 416, right + 5, 419, SHADOW)
    for x, width, height in ((left + 56, 82, 116), ((left + right) / 2, 92, 126), (right - 56, 82, 116)):
        _portal(draw, x, ground, width, height)
    for buttress in (left - 4, left + 102, right - 112, right - 10):
        _box(draw, buttress, 262, buttress + 8, ground, LIGHT)
        _box(draw, buttress + 8, 262, buttress + 13, ground, SHADOW)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _spire() -> Image.Image:
    """What stands behind the towers until the fire: the end of the lead roof and the spire over the crossing."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    middle, lead, dark = WIDTH / 2, (104, 116, 122), (78, 88, 94)
    draw.polygon([(x * SCALE, y * SCALE) for x, y in ((190, 250), (212, 172), (268, 172), (290, 250))], fill=lead)
    for width, top, base in ((26, 120, 176), (19, 92, 124)):
        _box(draw, middle - width / 2, top, middle + width / 2, base, dark)
        for x in (-0.27, 0.02, 0.30):
            _pointed(draw, middle + width * x, base - 4, width * 0.2, (base - top) * 0.75, LIGHT)
    draw.polygon([(x * SCALE, y * SCALE) for x, y in ((middle - 10, 94), (middle, 4), (middle + 10, 94))], fill=dark)
    draw.polygon([(x * SCALE, y * SCALE) for x, y in ((middle - 10, 94), (middle, 4), (middle - 2, 94))], fill=lead)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _people(seed: int) -> Image.Image:
    """Visitors on the square, small and dark, with short shadows."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    for _ in range(46):
        foot, x = rng.uniform(549, 582), rng.uniform(20, WIDTH - 20)
        tall = 12 + (foot - 549) * 0.32
        coat = tuple(int(v) for v in rng.integers(30, 130, 3))
        _box(draw, x, foot - 1, x + tall * 0.8, foot + 0.5, (96, 90, 84))
        _box(draw, x - tall * 0.13, foot - tall * 0.82, x + tall * 0.13, foot - tall * 0.4, coat)
        _box(draw, x - tall * 0.10, foot - tall * 0.42, x + tall * 0.10, foot, (40, 42, 52))
        head = (x - tall * 0.08, foot - tall, x + tall * 0.08, foot - tall * 0.83)
        draw.ellipse([v * SCALE for v in head], fill=(150, 112, 90))
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _trees(seed: int) -> tuple[Picture, Picture]:
    """Colour and opacity of two crowns of leaves beside the building."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    leaves = clouds((HEIGHT, WIDTH), seed, scale=18, octaves=5)
    opacity = np.zeros((HEIGHT, WIDTH))
    for centre_x, centre_y, wide, high in ((26, 470, 62, 88), (456, 462, 58, 96)):
        opacity += np.clip((1.2 - ((x - centre_x) / wide) ** 2 - ((y - centre_y) / high) ** 2 - leaves) * 7, 0, 1)
    light = 0.35 + 0.9 * (clouds((HEIGHT, WIDTH), seed + 1, scale=10, octaves=3) - 0.4)
    return np.clip(light[..., None] * np.array([0.42, 0.56, 0.26]), 0, 1), np.clip(opacity, 0, 1)


def _fire(seed: int) -> tuple[Picture, Picture]:
    """Colour and opacity of flames and glowing smoke behind the towers."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lumps = clouds((HEIGHT, WIDTH), seed, scale=70, octaves=6)
    fine = clouds((HEIGHT, WIDTH), seed + 1, scale=22, octaves=4)
    smoke = np.clip(1.5 - np.abs(x - 225 - (300 - y) * 0.25) / (90 + (300 - y) * 0.35) - 0.9 * lumps, 0, 1) * (y < 300)
    flame = np.clip(1.6 - np.abs(x - 240) / 70 - (262 - y) / 190 - 1.3 * fine, 0, 1) * (y < 266)
    glow = np.clip(1 - (300 - y) / 280, 0, 1)[..., None]
    colour = np.array([0.24, 0.19, 0.18]) + glow * np.array([0.62, 0.30, 0.08]) * (0.4 + 0.6 * lumps[..., None])
    hot = np.stack([np.ones_like(flame), 0.45 + 0.5 * flame, 0.10 + 0.5 * flame**2], axis=-1)
    return over(colour, hot, np.clip(flame * 1.8, 0, 1)), gaussian_filter(np.clip(smoke * 1.6 + flame, 0, 1), 1.5)


def cathedral(seed: int, light: str = "day") -> Picture:
    """The west front, 600 x 480 x 3, in the light of "day", "dusk" or "fire"."""
    heights = {
        "day": ((86, 136, 196), (206, 220, 232)),
        "dusk": ((70, 74, 120), (232, 178, 140)),
        "fire": ((30, 30, 46), (86, 60, 56)),
    }
    picture = sky((HEIGHT, WIDTH), *heights[light], seed, cover=0.3 if light != "fire" else 0.0)
    if light == "fire":
        picture = over(picture, *_fire(seed + 5))
    else:
        behind = _spire()
        picture = over(picture, to_array(behind), np.asarray(behind)[..., 3] / 255)
    front = _front()
    colour, alpha = to_array(front), np.asarray(front)[..., 3] / 255
    weathering = clouds((HEIGHT, WIDTH), seed + 2, scale=60, octaves=7) - 0.5
    streaks = clouds((WIDTH, HEIGHT), seed + 3, scale=7, octaves=3, stretch=10).T - 0.5
    sun = 1.06 - 0.28 * np.linspace(0, 1, WIDTH)[None, :]
    relief = np.asarray(front.convert("L").filter(ImageFilter.EMBOSS), dtype=float) / 255 - 0.5
    colour = colour * (sun + 0.34 * weathering + 0.22 * streaks + 0.25 * relief)[..., None]
    tint = {"day": (1.0, 1.0, 1.0), "dusk": (0.92, 0.78, 0.70), "fire": (0.62, 0.44, 0.34)}[light]
    picture = over(picture, np.clip(colour * np.array(tint), 0, 1), alpha)
    pavement = clouds((HEIGHT, WIDTH), seed + 4, scale=24, octaves=5, stretch=4)
    square = np.clip((np.arange(HEIGHT)[:, None] - 546) / 2, 0, 1) * np.ones((1, WIDTH))
    floor = (0.52 + 0.3 * (pavement - 0.5))[..., None] * np.array([0.96, 0.92, 0.86]) * np.array(tint)
    picture = over(picture, floor, square)
    leaves, crowns = _trees(seed + 7)
    picture = over(picture, leaves * np.array(tint), crowns)
    crowd = _people(seed + 8)
    return grain(over(picture, to_array(crowd) * np.array(tint), np.asarray(crowd)[..., 3] / 255), seed + 6)
