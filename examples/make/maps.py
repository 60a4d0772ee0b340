"""Maps with the names of places on them, over coastlines from Natural Earth."""

from __future__ import annotations

import json
import math
from pathlib import Path

from PIL import Image
from plate import BLUE, GREY, INK, LAND, ORANGE, PAPER, RED, SEA, Plate

COAST = json.loads(Path(__file__).with_name("coast.json").read_text())
Place = tuple[float, float, str]


class Map(Plate):
    """Land and sea between two corners (west, south, east, north in degrees); longitudes shrink with the latitude."""

    def __init__(self, region: str, bounds: tuple[float, float, float, float], width: int, title: str) -> None:
        west, south, east, north = bounds
        self.west, self.north = west, north
        self.across = width / (east - west)
        self.down = self.across / math.cos(math.radians((south + north) / 2))
        super().__init__(width, round((north - south) * self.down) + 40, SEA)
        for ring in COAST[region]:
            self.polygon([self.point(x, y) for x, y in ring], LAND, GREY)
        self.box(0, 0, width, 40, INK)
        self.text(14, 27, title, 17, (255, 255, 255), bold=True)

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place lies on the sheet."""
        return (longitude - self.west) * self.across, (self.north - latitude) * self.down + 40

    def place(self, longitude: float, latitude: float, name: str, left: bool = False, drop: float = 0) -> None:
        """A town, with its name on the right or on the left, `drop` pixels lower than the dot."""
        x, y = self.point(longitude, latitude)
        self.disc(x, y, 4, INK)
        self.text(x + (-9 if left else 9), y + 6 + drop, name, 17, anchor="rs" if left else "ls", halo=LAND)

    def label(self, longitude: float, latitude: float, name: str, size: int = 17) -> None:
        """The name of a water."""
        self.text(*self.point(longitude, latitude), name, size, BLUE, anchor="ms", halo=SEA)

    def mark(self, longitude: float, latitude: float, words: str, left: bool = False) -> None:
        """What the map is about: a red target with words."""
        x, y = self.point(longitude, latitude)
        self.disc(x, y, 13, None, RED)
        self.disc(x, y, 5, RED)
        self.text(
            x + (-20 if left else 20), y + 6, words, 18, RED, bold=True, anchor="rs" if left else "ls", halo=PAPER
        )


def quake_map() -> Image.Image:
    """The epicentre of 11 March 2011 and the coast that the waves struck."""
    sheet = Map("tohoku", (138.6, 35.3, 144.9, 41.1), 480, "Earthquake, 11 March 2011, 14:46 Japan time")
    x, y = sheet.point(142.4, 38.3)
    for radius in (50, 90, 130):
        sheet.disc(x, y, radius, None, ORANGE)
    for place in (
        (140.87, 38.27, "Sendai"),
        (141.96, 39.64, "Miyako"),
        (140.47, 37.75, "Fukushima"),
        (139.7, 35.69, "Tokyo"),
    ):
        sheet.place(*place, left=place[2] in ("Miyako", "Sendai"))
    sheet.place(140.74, 40.82, "Aomori", left=True)
    sheet.mark(142.4, 38.3, "Epicentre M 8.9")
    sheet.label(143.6, 36.4, "Pacific Ocean")
    sheet.label(143.4, 39.9, "Japan Trench", 15)
    return sheet.finished()


def zone_map() -> Image.Image:
    """The evacuation zone around the power station and the flooded coast."""
    sheet = Map("tohoku", (139.6, 36.5, 142.6, 38.9), 520, "Japan: tsunami coast and 20 km zone")
    x, y = sheet.point(141.03, 37.42)
    sheet.disc(x, y, 20 / 111.2 * sheet.down, (244, 190, 120), RED)
    coast = [(141.0, 36.9), (141.04, 37.3), (141.0, 37.7), (140.95, 38.0), (141.02, 38.25), (141.3, 38.42)]
    sheet.line([sheet.point(*p) for p in coast], BLUE, 6)
    sheet.mark(141.03, 37.42, "Fukushima Daiichi")
    sheet.place(140.87, 38.27, "Sendai", left=True)
    sheet.place(140.92, 37.8, "Soma", left=True)
    sheet.place(141.3, 38.43, "Ishinomaki")
    sheet.place(140.88, 37.05, "Iwaki", left=True)
    sheet.label(142.0, 36.8, "Pacific Ocean")
    return sheet.finished()


def ash_map() -> Image.Image:
    """The ash on the first day, drawn from the words of the advisories."""
    sheet = Map("europe", (-26, 48.5, 20, 68), 620, "Volcanic ash, 15 April 2010, 12:00 UTC")
    cloud = [
        (-19.6, 63.6),
        (-12, 64.6),
        (-2, 64.2),
        (8, 63.5),
        (15, 61.5),
        (14, 58),
        (6, 56),
        (-1, 56.2),
        (-7, 58),
        (-12, 61.5),
    ]
    sheet.polygon([sheet.point(*p) for p in cloud], (90, 80, 76, 120))
    for place in ((-0.13, 51.5, "London"), (10.75, 59.91, "Oslo"), (4.9, 52.37, "Amsterdam")):
        sheet.place(*place)
    sheet.place(12.57, 55.68, "Copenhagen", left=True)
    sheet.place(-6.26, 53.35, "Dublin", left=True)
    sheet.place(-3.19, 55.95, "Edinburgh", left=True)
    sheet.mark(-19.6, 63.6, "Eyjafjallajokull")
    sheet.text(*sheet.point(-3, 60.6), "ash cloud", 18, (255, 255, 255), bold=True)
    return sheet.finished()


def canal_map() -> Image.Image:
    """The Suez Canal with the place of the grounding."""
    sheet = Map("egypt", (31.2, 29.25, 33.9, 31.8), 500, "Suez Canal: EVER GIVEN aground, 26 March 2021")
    canal = [
        (32.31, 31.27),
        (32.31, 30.9),
        (32.34, 30.72),
        (32.31, 30.58),
        (32.36, 30.42),
        (32.42, 30.3),
        (32.56, 30.2),
        (32.58, 29.95),
    ]
    sheet.line([sheet.point(*p) for p in canal], BLUE, 4)
    sheet.polygon(
        [
            sheet.point(*p)
            for p in ((32.33, 30.43), (32.42, 30.4), (32.5, 30.27), (32.6, 30.2), (32.47, 30.24), (32.36, 30.32))
        ],
        BLUE,
    )
    sheet.place(32.31, 31.26, "Port Said", left=True)
    sheet.place(32.27, 30.6, "Ismailia", left=True)
    sheet.place(32.55, 29.97, "Suez", left=True, drop=16)
    sheet.mark(32.58, 30.017, "EVER GIVEN, km 151")
    sheet.text(*sheet.point(32.66, 30.32), "Great Bitter Lake", 16, BLUE)
    sheet.label(32.7, 31.55, "Mediterranean Sea")
    sheet.label(32.35, 29.42, "Gulf of Suez", 15)
    sheet.text(*sheet.point(31.35, 30.1), "EGYPT", 22, GREY, bold=True)
    sheet.text(*sheet.point(33.1, 30.7), "SINAI", 22, GREY, bold=True)
    return sheet.finished()
