"""Charts and explaining drawings. The figures are those published at the time by the bodies that the titles name."""

from __future__ import annotations

from PIL import Image
from plate import BLUE, GREEN, GREY, INK, ORANGE, RED, Colour, Plate


def _bars(title: str, unit: str, rows: list[tuple[str, float, str]], colour: Colour, note: str) -> Image.Image:
    """Lying bars: a name, a length, and the number as it should be read."""
    plate = Plate(600, 100 + 34 * len(rows))
    plate.text(20, 34, title, 19, bold=True)
    plate.text(20, 58, unit, 14, GREY)
    longest = max(value for _, value, _ in rows)
    for row, (name, value, shown) in enumerate(rows):
        y = 72 + 34 * row
        plate.text(152, y + 18, name, 15, anchor="rs")
        plate.box(162, y, 162 + 340 * value / longest, y + 24, colour)
        plate.text(170 + 340 * value / longest, y + 18, shown, 15, bold=True)
    plate.text(20, 86 + 34 * len(rows), note, 14, GREY)
    return plate.finished()


def _columns(title: str, columns: list[tuple[str, float]], colour: Colour, note: str) -> Image.Image:
    """Standing columns on a tinted ground, each with its number on top: the magazine's way."""
    plate = Plate(90 + 104 * len(columns), 430, (244, 232, 214))
    plate.box(0, 0, 12, 430, colour)
    plate.text(34, 42, title, 18, bold=True)
    highest = max(value for _, value in columns)
    for column, (name, value) in enumerate(columns):
        left, top = 52 + 104 * column, 350 - 250 * value / highest
        plate.box(left, top, left + 64, 350, colour)
        plate.text(left + 32, top - 8, f"{value:,}", 16, bold=True, anchor="ms")
        plate.text(left + 32, 374, name, 15, anchor="ms")
    plate.line([(34, 350), (60 + 104 * len(columns), 350)], INK, 2)
    plate.text(34, 412, note, 14, GREY)
    return plate.finished()


def wave_heights() -> Image.Image:
    """Highest tsunami at tide gauges, as first reported by the Japan Meteorological Agency."""
    heights = [("Soma", 7.3), ("Oarai", 4.2), ("Kamaishi", 4.1), ("Miyako", 4.0), ("Ishinomaki", 3.3), ("Ofunato", 3.2)]
    rows = [(name, height, f"{height} m") for name, height in heights]
    return _bars(
        "Tsunami at Japanese tide gauges, 11 March 2011",
        "Highest reading, metres",
        rows,
        BLUE,
        "First reports. Most gauges failed before the crest.",
    )


def causes_of_death() -> Image.Image:
    """Causes of death of the 13,135 victims examined until 11 April 2011."""
    counts = [("Drowned", 12143), ("Crushed", 578), ("Burnt", 148), ("Not known", 266)]
    return _columns(
        "How 13,135 victims of the tsunami died", counts, RED, "National Police Agency of Japan, 11 April 2011"
    )


def flights() -> Image.Image:
    """Flights in Europe by day while the ash cloud lasted, rounded to hundreds."""
    days = [
        ("Wed 14 April", 28.1),
        ("Thu 15 April", 20.8),
        ("Fri 16 April", 11.7),
        ("Sat 17 April", 5.3),
        ("Sun 18 April", 5.2),
    ]
    days += [("Mon 19 April", 9.3), ("Tue 20 April", 13.1), ("Wed 21 April", 21.9), ("Thu 22 April", 27.3)]
    rows = [(day, count, f"{count * 1000:,.0f}") for day, count in days]
    return _bars("Flights in Europe during the ash cloud", "Per day, April 2010", rows, ORANGE, "Source: Eurocontrol")


def ships_waiting() -> Image.Image:
    """Vessels waiting for the canal by day."""
    days = [("25 March", 156), ("26 March", 237), ("27 March", 321), ("28 March", 369), ("29 March", 422)]
    return _columns(
        "Ships waiting for the Suez Canal, 2021", days, GREEN, "Counts of shipping agents and the Suez Canal Authority"
    )


def ash_steps() -> Image.Image:
    """From magma to an ash cloud in four boxes."""
    plate = Plate(620, 250)
    plate.text(20, 36, "How Eyjafjallajokull made its ash", 20, bold=True)
    steps = [
        ("1", "Magma meets", "melting ice"),
        ("2", "Steam shatters", "it into glass"),
        ("3", "Ash column", "rises to 9 km"),
        ("4", "Wind carries", "ash to Europe"),
    ]
    for index, (number, first, second) in enumerate(steps):
        left = 20 + index * 150
        plate.box(
            left, 60, left + 128, 224, ((236, 208, 196), (214, 226, 236), (222, 218, 214), (226, 232, 220))[index], GREY
        )
        plate.text(left + 64, 108, number, 34, RED, bold=True, anchor="ms")
        plate.text(left + 64, 160, first, 16, anchor="ms")
        plate.text(left + 64, 184, second, 16, anchor="ms")
        if index < 3:
            plate.arrow((left + 130, 142), (left + 149, 142), INK, 3)
    return plate.finished()


def lagrange_point() -> Image.Image:
    """Sun, DSCOVR at the first Lagrange point, Earth and Moon; not to scale, and it says so."""
    plate = Plate(620, 330, (16, 20, 38))
    white, pale = (240, 240, 246), (160, 170, 196)
    plate.disc(-40, 165, 130, (250, 196, 70))
    plate.disc(520, 165, 36, (70, 130, 200))
    plate.disc(520, 165, 78, None, pale)
    plate.disc(573, 108, 8, (200, 200, 196))
    plate.box(330, 154, 352, 176, (222, 222, 226))
    for side in (298, 354):
        plate.box(side, 159, side + 30, 171, (60, 90, 170))
    for y in (110, 150, 190, 230):
        plate.arrow((110, y), (250, y), (250, 196, 70), 2)
    plate.text(20, 36, "DSCOVR at the Lagrange point L1", 20, white, bold=True)
    plate.text(118, 98, "solar wind", 16, (250, 196, 70))
    plate.text(12, 172, "SUN", 18, (90, 50, 0), bold=True)
    plate.text(520, 226, "EARTH", 15, white, bold=True, anchor="ms")
    plate.text(586, 92, "Moon", 13, pale, anchor="ms")
    plate.text(341, 140, "DSCOVR", 16, white, bold=True, anchor="ms")
    plate.line([(341, 262), (520, 262)], white, 1.5)
    plate.line([(341, 254), (341, 270)], white, 1.5)
    plate.line([(520, 254), (520, 270)], white, 1.5)
    plate.text(430, 288, "1.5 million km", 16, white, anchor="ms")
    plate.text(20, 314, "Not to scale", 12, pale)
    return plate.finished()


def warning_chain() -> Image.Image:
    """How a solar storm is noticed, from the Sun to the power grid."""
    plate = Plate(620, 240)
    plate.text(20, 36, "Space weather warning with DSCOVR", 20, bold=True)
    steps = [
        ("Solar storm", "leaves the Sun"),
        ("1 to 3 days", "on the way"),
        ("DSCOVR at L1", "measures it"),
        ("15 to 60 minutes", "until the Earth"),
    ]
    for index, (first, second) in enumerate(steps):
        left = 16 + index * 152
        plate.box(left, 70, left + 134, 170, (250, 232, 190) if index < 2 else (206, 224, 240), GREY)
        plate.text(left + 67, 116, first, 13, bold=True, anchor="ms")
        plate.text(left + 67, 142, second, 14, anchor="ms")
        if index < 3:
            plate.arrow((left + 135, 120), (left + 151, 120), INK, 3)
    plate.text(20, 210, "NOAA forecasters alert power grids, airlines and satellite operators", 14, GREY)
    return plate.finished()


def roof_section() -> Image.Image:
    """Section of the cathedral: spire, oak frame, lead roof, stone vault, nave."""
    plate = Plate(460, 520)
    stone, oak, lead = (206, 194, 168), (150, 104, 62), (112, 122, 132)
    plate.text(20, 36, "Notre-Dame: what burnt on 15 April 2019", 18, bold=True)
    plate.polygon([(146, 250), (190, 170), (234, 250)], oak)
    plate.line([(140, 252), (190, 162), (240, 252)], lead, 6)
    plate.polygon([(183, 176), (190, 60), (197, 176)], lead)
    plate.box(136, 252, 150, 480, stone, GREY)
    plate.box(230, 252, 244, 480, stone, GREY)
    vault = [(150, 300), (158, 276), (172, 262), (190, 256), (208, 262), (222, 276), (230, 300)]
    plate.line(vault, (170, 156, 130), 9)
    for side in (-1, 1):
        foot = 190 + side * 122
        plate.line([(190 + side * 54, 300), (190 + side * 86, 330), (foot, 400)], stone, 9)
        plate.box(foot - 9, 380, foot + 9, 480, stone, GREY)
    plate.line([(40, 480), (420, 480)], INK, 3)
    labels = [
        ("spire, fallen", 110, 194),
        ("lead roof, melted", 190, 218),
        ("oak frame, burnt", 232, 214),
        ("stone vault, mostly held", 286, 226),
    ]
    for words, y, x in labels:
        plate.line([(x, y), (262, y)], INK, 1)
        plate.text(266, y + 5, words, 14)
    plate.text(190, 420, "nave", 16, GREY, anchor="ms")
    return plate.finished()


def ground_plan() -> Image.Image:
    """Plan of the cathedral with the towers and the place where the spire fell."""
    plate = Plate(600, 330)
    stone = (214, 204, 182)
    plate.text(20, 36, "Notre-Dame de Paris, fire of 15 April 2019", 19, bold=True)
    plate.box(60, 110, 470, 250, stone, INK)
    plate.box(310, 92, 364, 268, stone, INK)
    apse = [(470, 110), (505, 118), (530, 140), (540, 180), (530, 220), (505, 242), (470, 250)]
    plate.polygon(apse, stone, INK)
    plate.box(60, 104, 118, 160, (190, 176, 150), INK)
    plate.box(60, 200, 118, 256, (190, 176, 150), INK)
    for x in range(140, 470, 24):
        for y in (150, 210):
            plate.disc(x, y, 3, INK)
    plate.disc(337, 180, 22, (240, 170, 120), RED)
    plate.text(337, 310, "crossing: spire fell here", 15, RED, bold=True, anchor="ms")
    plate.arrow((337, 296), (337, 206), RED)
    plate.text(89, 96, "north tower", 14, anchor="ms")
    plate.text(89, 276, "south tower", 14, anchor="ms")
    plate.text(220, 186, "nave", 17, anchor="ms")
    plate.text(440, 186, "choir", 17, anchor="ms")
    plate.text(337, 84, "transept", 14, anchor="ms")
    return plate.finished()
