"""Boards, notices and the news desk's mark: pictures that are read rather than looked at."""

from __future__ import annotations

import numpy as np
from PIL import Image
from plate import BLUE, GREY, INK, RED, Plate
from texture import clouds, grain, to_array, to_image


def _photographed(image: Image.Image, ground: tuple[float, float, float], seed: int) -> Image.Image:
    """A sheet or screen as somebody's camera saw it: on a wall, tilted a little, grainy."""
    width, height = image.size
    canvas = Image.new("RGB", (width + 80, height + 80))
    wall = 0.85 + 0.2 * clouds((height + 80, width + 80), seed, scale=30, octaves=5)
    canvas = to_image(np.clip(wall[..., None] * np.array(ground), 0, 1))
    turned = image.convert("RGBA").rotate(1.4, Image.Resampling.BICUBIC, expand=True)
    canvas.paste(turned, (40, 34), turned)
    return to_image(grain(to_array(canvas), seed + 1, strength=0.012, blur=0.4))


def departures() -> Image.Image:
    """A departure board on which every flight is cancelled."""
    plate = Plate(560, 330, (18, 20, 24))
    amber, pale = (250, 190, 60), (226, 228, 232)
    plate.text(20, 40, "Departures", 26, pale, bold=True)
    plate.text(540, 40, "13:02", 24, pale, anchor="rs")
    towns = ("Oslo", "Dublin", "Amsterdam", "Edinburgh", "Stockholm", "Copenhagen", "Belfast")
    times = ("13:20", "13:25", "13:40", "13:55", "14:05", "14:10", "14:30")
    for row, (time, town) in enumerate(zip(times, towns, strict=True)):
        y = 82 + 34 * row
        plate.text(20, y, time, 19, amber)
        plate.text(110, y, town, 19, amber)
        plate.text(540, y, "CANCELLED", 19, (240, 80, 60), bold=True, anchor="rs")
    plate.text(280, 316, "Airspace closed: volcanic ash", 17, pale, anchor="ms")
    return _photographed(plate.finished(), (0.36, 0.36, 0.38), 5)


def station_notice() -> Image.Image:
    """A sheet of paper in a railway station."""
    plate = Plate(420, 330, (248, 246, 238))
    plate.text(210, 50, "NOTICE TO PASSENGERS", 22, RED, bold=True, anchor="ms")
    plate.line([(30, 66), (390, 66)], INK, 2)
    lines = (
        "Tohoku Shinkansen: all trains",
        "suspended after the earthquake",
        "of 11 March.",
        "",
        "No service to Sendai, Morioka",
        "and Aomori until further notice.",
    )
    for row, words in enumerate(lines):
        plate.text(30, 104 + 30 * row, words, 19)
    plate.text(30, 302, "Tokyo Station, 13 March 2011", 15, GREY)
    return _photographed(plate.finished(), (0.72, 0.76, 0.74), 8)


def countdown_screen() -> Image.Image:
    """The status screen of a launch that was called off."""
    plate = Plate(580, 320, (12, 24, 40))
    pale, red = (220, 230, 240), (240, 90, 70)
    plate.text(24, 48, "FALCON 9   DSCOVR", 26, pale, bold=True)
    plate.text(24, 82, "Cape Canaveral, Launch Complex 40", 17, (150, 170, 190))
    plate.box(24, 104, 556, 190, (40, 20, 22))
    plate.text(290, 162, "LAUNCH SCRUBBED", 40, red, bold=True, anchor="ms")
    plate.text(24, 232, "Reason: upper level winds", 20, pale)
    plate.text(24, 264, "Next attempt: February 11, 6:03 pm", 20, pale)
    plate.text(24, 298, "Countdown clock T-00:12:40 HOLD", 15, (150, 170, 190))
    return plate.finished()


def mark() -> Image.Image:
    """The news desk's mark, which stands in for a picture wherever it has none."""
    plate = Plate(320, 180, (20, 52, 92))
    plate.disc(70, 90, 42, None, (255, 255, 255))
    plate.line([(70, 48), (70, 132)], (255, 255, 255), 3)
    plate.line([(28, 90), (112, 90)], (255, 255, 255), 3)
    plate.polygon([(70, 40), (78, 90), (70, 140), (62, 90)], (230, 170, 50), BLUE)
    plate.text(128, 86, "MERIDIAN", 27, (255, 255, 255), bold=True)
    plate.text(128, 116, "NEWSDESK", 27, (230, 170, 50), bold=True)
    return plate.finished()
