"""A loaded container ship on a canal or at sea, from the side: hull, stacks of containers, bridge, funnel, water."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter
from texture import Picture, clouds, grain, over, sky, to_array, water

WIDTH, HEIGHT = 640, 427
SCALE = 3
BOXES = (
    (178, 58, 46),
    (36, 92, 150),
    (60, 120, 76),
    (214, 150, 60),
    (196, 196, 190),
    (120, 62, 50),
    (24, 60, 98),
    (150, 152, 156),
)
FONT = "DejaVuSans-Bold.ttf"


def _containers(draw: ImageDraw.ImageDraw, left: int, right: int, deck: int, rows: int, seed: int) -> None:
    """Stacks of boxes from `left` to `right` on `deck`, up to `rows` high, with ribs and shadows."""
    rng = np.random.default_rng(seed)
    wide, high = 22 * SCALE // 2, 9 * SCALE
    for bay, x in enumerate(range(left, right - wide, wide + SCALE // 2)):
        stack = rows - int(rng.random() < 0.35) - int(rng.random() < 0.15)
        for row in range(stack):
            colour = np.array(BOXES[rng.integers(len(BOXES))]) * rng.uniform(0.8, 1.05)
            top = deck - (row + 1) * high
            draw.rectangle((x, top, x + wide - 1, top + high - 2), fill=tuple(np.clip(colour, 0, 255).astype(int)))
            for rib in range(x + 2, x + wide - 1, 4):
                draw.line((rib, top + 2, rib, top + high - 4), fill=tuple(np.clip(colour * 0.82, 0, 255).astype(int)))
            draw.line((x, top, x + wide - 1, top), fill=tuple(np.clip(colour * 1.2, 0, 255).astype(int)), width=2)
        if bay % 4 == 3:
            draw.rectangle((x + wide, deck - rows * high, x + wide + 1, deck), fill=(60, 60, 62))


def _tower(draw: ImageDraw.ImageDraw, x: int, deck: int, width: int, height: int) -> None:
    """Deck house with rows of windows, the wheelhouse and a mast."""
    draw.rectangle((x, deck - height, x + width, deck), fill=(232, 232, 226))
    draw.rectangle((x + width * 2 // 3, deck - height, x + width, deck), fill=(196, 198, 196))
    for level in range(deck - height + 8 * SCALE, deck - 4 * SCALE, 9 * SCALE):
        for window in range(x + 2 * SCALE, x + width - 2 * SCALE, 5 * SCALE):
            draw.rectangle((window, level, window + 2 * SCALE, level + 3 * SCALE), fill=(52, 66, 82))
    top = deck - height
    draw.rectangle((x - 5 * SCALE, top - 7 * SCALE, x + width + 5 * SCALE, top), fill=(240, 240, 236))
    draw.rectangle((x - 3 * SCALE, top - 6 * SCALE, x + width + 3 * SCALE, top - 3 * SCALE), fill=(40, 52, 66))
    middle = x + width // 2
    draw.line((middle, top - 7 * SCALE, middle, top - 30 * SCALE), fill=(210, 210, 206), width=SCALE)
    draw.line(
        (middle - 6 * SCALE, top - 20 * SCALE, middle + 6 * SCALE, top - 20 * SCALE), fill=(210, 210, 206), width=SCALE
    )


def _ship(hull: tuple[int, int, int], name: str, rows: int, seed: int, line: int) -> Image.Image:
    """The ship on a transparent ground, with its water line at `line`."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    stern, bow, deck, keel = 28 * SCALE, 612 * SCALE, (line - 46) * SCALE, line * SCALE
    _containers(draw, stern + 8 * SCALE, stern + 122 * SCALE, deck, rows - 1, seed)
    _containers(draw, stern + 160 * SCALE, stern + 372 * SCALE, deck, rows, seed + 1)
    _containers(draw, stern + 412 * SCALE, bow - 62 * SCALE, deck, rows - 1, seed + 2)
    _tower(draw, stern + 126 * SCALE, deck, 26 * SCALE, (rows * 9 + 14) * SCALE)
    _tower(draw, stern + 378 * SCALE, deck, 26 * SCALE, (rows * 9 + 26) * SCALE)
    draw.rectangle(
        (stern + 130 * SCALE, deck - (rows * 9 + 40) * SCALE, stern + 146 * SCALE, deck - rows * 9 * SCALE), fill=hull
    )
    outline = [(stern, deck), (bow - 60 * SCALE, deck), (bow - 48 * SCALE, deck - 12 * SCALE), (bow, deck - 15 * SCALE)]
    outline += [(bow - 22 * SCALE, keel), (stern + 12 * SCALE, keel), (stern + 2 * SCALE, keel - 16 * SCALE)]
    draw.polygon(outline, fill=hull)
    draw.polygon(
        [
            (bow - 20 * SCALE, keel - 6 * SCALE),
            (bow - 22 * SCALE, keel),
            (stern + 12 * SCALE, keel),
            (stern + 7 * SCALE, keel - 6 * SCALE),
        ],
        fill=(120, 44, 36),
    )
    draw.line((stern, deck, bow - 60 * SCALE, deck), fill=(220, 220, 214), width=SCALE)
    if name:
        font = ImageFont.truetype(FONT, 17 * SCALE)
        draw.text((bow - 168 * SCALE, deck + 8 * SCALE), name, font=font, fill=(246, 246, 240))
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def ship(
    seed: int, name: str = "", desert: bool = True, hull: tuple[int, int, int] = (30, 84, 62), rows: int = 7
) -> Picture:
    """A container ship, 427 x 640 x 3. With `desert` it lies before a sandy bank, else on the open sea."""
    horizon, line = int(HEIGHT * 0.62), int(HEIGHT * 0.74)
    haze = ((148, 170, 190), (222, 206, 176)) if desert else ((96, 140, 190), (206, 220, 232))
    picture = sky((HEIGHT, WIDTH), *haze, seed, cover=0.3)
    near, far = ((54, 96, 98), (120, 146, 136)) if desert else ((34, 66, 92), (96, 130, 150))
    picture[horizon:] = water((HEIGHT - horizon, WIDTH), near, far, seed + 20)
    if desert:
        bank = clouds((HEIGHT, WIDTH), seed + 31, scale=40, octaves=6, stretch=3)
        crest = horizon - 22 + 10 * clouds((1, WIDTH), seed + 32, scale=120, octaves=4)[0]
        depth = np.arange(HEIGHT)[:, None]
        sand = ((depth > crest) & (depth < horizon + 6)).astype(float)
        tone = (0.72 + 0.3 * (bank - 0.5))[..., None] * np.array([1.0, 0.86, 0.64])
        picture = over(picture, tone, gaussian_filter(sand, 0.8))
    drawn = _ship(hull, name, rows, seed, line)
    vessel, alpha = to_array(drawn), np.asarray(drawn)[..., 3] / 255
    down = np.arange(HEIGHT)[:, None]
    shade = 0.32 * np.clip((down - line + 46) / 46, 0, 1)
    light = 1.06 - shade + 0.10 * (clouds((HEIGHT, WIDTH), seed + 40, 26) - 0.5)
    mirror = np.roll(vessel[::-1], 2 * line - HEIGHT, axis=0)
    mirrored = np.roll(alpha[::-1], 2 * line - HEIGHT, axis=0) * (down >= line - 2)
    wobble = clouds((HEIGHT, WIDTH), seed + 50, scale=5, octaves=2, stretch=8)
    picture = over(
        picture, gaussian_filter(mirror, (3, 2, 0)), gaussian_filter(mirrored, (3, 2)) * (0.25 + 0.4 * wobble)
    )
    picture = over(picture, np.clip(vessel * light[..., None], 0, 1), alpha)
    foam = np.exp(-(((down - line) / 2.2) ** 2)) * clouds((HEIGHT, WIDTH), seed + 60, 8, stretch=4)
    foam = foam * (alpha.max(axis=0) > 0)
    return grain(over(picture, (0.92, 0.95, 0.95), np.clip(foam, 0, 1)), seed + 70)
