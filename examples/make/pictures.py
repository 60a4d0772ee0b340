"""Draw every picture of the collection, and make the near copies. Usage: `python pictures.py [ID ...]`.

Drawn with numpy, SciPy and Pillow from fixed seeds; the launch is a photo that scikit-image carries (by SpaceX, CC0).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import charts
import maps
import signs
from breaker import breaker
from cathedral import cathedral
from PIL import Image
from ship import ship
from skimage import data
from texture import Picture, save_drawing, save_photo, to_image
from volcano import volcano

COLLECTION = Path(__file__).resolve().parent.parent / "collection"

DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "bulletins/pb-117-1.png": maps.quake_map,
    "bulletins/pb-342-1.png": charts.wave_heights,
    "bulletins/pb-208-1.png": maps.ash_map,
    "bulletins/pb-461-1.png": charts.flights,
    "bulletins/pb-275-1.png": maps.canal_map,
    "bulletins/pb-530-1.png": charts.warning_chain,
    "bulletins/pb-394-1.png": charts.ground_plan,
    "broadcast/jb-3972.png": maps.zone_map,
    "magazine/tm-4107-1.png": charts.causes_of_death,
    "magazine/tm-1862-2.png": charts.ash_steps,
    "magazine/tm-3350-2.png": charts.ships_waiting,
    "magazine/tm-2719-1.png": charts.lagrange_point,
    "magazine/tm-5094-2.png": charts.roof_section,
    "newsdesk/nd-0156-1.png": signs.countdown_screen,
    "newsdesk/nd-0295-1.png": signs.mark,
    "newsdesk/nd-0384-1.png": signs.mark,
    "newsdesk/nd-0875-1.png": lambda: signs.mark().resize((256, 144), Image.Resampling.LANCZOS),
}
"""What is read rather than looked at: PNG."""

Box = tuple[float, float, float, float]


def taken(picture: Picture, box: Box, mirrored: bool = False) -> Image.Image:
    """The part of a scene that a camera would take: left, top, right and bottom as parts of its size.

    With `mirrored` its sides are swapped. The picture is 600 pixels on its longer side.
    """
    image = to_image(picture)
    whole = (image.width, image.height, image.width, image.height)
    part = image.crop(tuple(round(edge * size) for edge, size in zip(box, whole, strict=True)))
    if mirrored:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    scale = 600 / max(part.size)
    return part.resize((round(part.width * scale), round(part.height * scale)), Image.Resampling.LANCZOS)


PHOTOS: dict[str, Callable[[], Picture | Image.Image]] = {
    "magazine/tm-4107-2.jpg": lambda: breaker(4),
    "stream/p-67104.jpg": signs.station_notice,
    "stream/p-31890.jpg": signs.departures,
    "stream/p-20465.jpg": lambda: volcano(11, lean=-0.32, evening=True),
    "magazine/tm-1862-1.jpg": lambda: volcano(3, lean=0.16),
    "broadcast/jb-4721.jpg": lambda: taken(
        volcano(23, lean=0.05, snow_line=0.26, dark=0.30), (0.16, 0.0, 0.80, 0.92), mirrored=True
    ),
    "magazine/tm-3350-1.jpg": lambda: ship(3),
    "stream/p-83377.jpg": lambda: taken(
        ship(14, name="EVER GIVEN", hull=(26, 92, 66), rows=8), (0.42, 0.26, 1.0, 0.90)
    ),
    "broadcast/jb-8836.jpg": lambda: taken(ship(29, hull=(34, 76, 70), rows=6), (0.0, 0.22, 0.86, 1.0), mirrored=True),
    "stream/p-11873.jpg": lambda: Image.fromarray(data.rocket()),
    "magazine/tm-5094-1.jpg": lambda: taken(cathedral(4, "dusk"), (0.08, 0.0, 0.94, 0.62), mirrored=True),
    "stream/p-70311.jpg": lambda: cathedral(3, "day"),
    "broadcast/jb-6190.jpg": lambda: taken(cathedral(8, "fire"), (0.0, 0.0, 1.0, 1.0), mirrored=True),
}
"""What is looked at: JPEG."""

COPIES: dict[str, tuple[str, float, float]] = {
    "magazine/tm-6631-1.jpg": ("stream/p-20465.jpg", 0.01, 0.75),
    "newsdesk/nd-0518-1.jpg": ("magazine/tm-3350-1.jpg", 0.01, 0.80),
    "broadcast/jb-1507.jpg": ("stream/p-11873.jpg", 0.012, 0.85),
}
"""Copy: its original, the margin cut off each side (a part of width and height), and the scale of what is left."""


def copy(original: Path, margin: float, scale: float) -> Image.Image:
    """A picture with its margin cut off and made smaller, as an editor would."""
    image = Image.open(original)
    width, height = image.size
    cut = image.crop(
        (round(width * margin), round(height * margin), round(width * (1 - margin)), round(height * (1 - margin)))
    )
    return cut.resize((round(cut.width * scale), round(cut.height * scale)), Image.Resampling.LANCZOS)


def main(wanted: list[str]) -> None:
    """Write all pictures, or those whose path holds one of the given ids."""
    chosen = [path for path in (*DRAWINGS, *PHOTOS, *COPIES) if not wanted or any(one in path for one in wanted)]
    for path in chosen:
        target = COLLECTION / path
        if path in DRAWINGS:
            save_drawing(DRAWINGS[path](), target)
        elif path in PHOTOS:
            save_photo(PHOTOS[path](), target)
        else:
            original, margin, scale = COPIES[path]
            save_photo(copy(COLLECTION / original, margin, scale), target, quality=70)
        print(path, target.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
