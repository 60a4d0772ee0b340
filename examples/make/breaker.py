"""A breaking wave: a dark face with streaks, a foaming crest, spray and the swell behind it."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from texture import Picture, clouds, grain, over, sky, water

WIDTH, HEIGHT = 640, 400


def breaker(seed: int) -> Picture:
    """The wave as seen from the shore, 400 x 640 x 3."""
    shape = (HEIGHT, WIDTH)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture = sky(shape, (120, 134, 150), (206, 210, 212), seed, cover=0.6)
    picture[150:] = water((HEIGHT - 150, WIDTH), (52, 72, 76), (110, 124, 130), seed + 1)
    bumps = clouds((1, WIDTH), seed + 5, scale=110, octaves=5)[0]
    crest = 120 + 46 * np.abs(x[0] / WIDTH - 0.42) * 2 + 26 * (bumps - 0.5)
    foot = 306 + 16 * np.sin(x[0] / 90) + 14 * (bumps - 0.5)
    rise = np.clip((foot - y) / (foot - crest), 0, 1)
    streaks = clouds((WIDTH, HEIGHT), seed + 6, scale=7, octaves=4, stretch=14).T
    face = (
        np.array([0.10, 0.22, 0.24])
        + (rise**2)[..., None] * np.array([0.22, 0.40, 0.38])
        + 0.30 * (streaks - 0.5)[..., None]
    )
    inside = ((y > crest) & (y < foot)).astype(float)
    picture = over(picture, np.clip(face, 0, 1), gaussian_filter(inside, 1.0))
    lumps = clouds(shape, seed + 7, scale=34, octaves=6)
    lip = np.clip(1.25 - np.abs(y - crest - 8) / (16 + 26 * lumps) - 0.55 * lumps, 0, 1)
    spray = np.clip((lumps - 0.55) * 3, 0, 1) * np.exp(-(((y - crest + 20) / 26.0) ** 2))
    boil = np.clip(1.3 - np.abs(y - foot - 12) / (18 + 40 * lumps) - 0.6 * lumps, 0, 1)
    white = 0.82 + 0.3 * (clouds(shape, seed + 8, scale=12, octaves=4) - 0.5)
    for foam in (spray * 0.7, lip, boil):
        picture = over(picture, np.repeat(white[..., None], 3, axis=2), np.clip(foam * 1.5, 0, 1))
    return grain(np.clip(picture, 0, 1), seed + 9)
