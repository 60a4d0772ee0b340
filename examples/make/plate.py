"""A sheet to draw maps, charts and notices on: named inks, type, and drawing at twice the size for smooth edges."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
INK, GREY, PAPER, SEA, LAND = (32, 36, 44), (120, 126, 134), (250, 249, 245), (205, 224, 236), (232, 226, 208)
RED, BLUE, ORANGE, GREEN = (190, 44, 40), (44, 96, 160), (220, 140, 40), (70, 130, 84)
SCALE = 2


class Plate:
    """A drawing surface of `width` x `height` pixels; all positions and sizes are in pixels of the finished picture."""

    def __init__(self, width: int, height: int, ground: Colour = PAPER) -> None:
        self.size = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self._draw = ImageDraw.Draw(self.image, "RGBA")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: int = 15,
        fill: Colour = INK,
        bold: bool = False,
        anchor: str = "ls",
        halo: Colour | None = None,
    ) -> None:
        """Words at a point; `anchor` as Pillow names it; a `halo` keeps them readable over lines."""
        font = ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size * SCALE)
        edge = 0 if halo is None else 3 * SCALE
        place = (x * SCALE, y * SCALE)
        self._draw.text(place, words, font=font, fill=fill, anchor=anchor, stroke_width=edge, stroke_fill=halo)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, edge: Colour | None = None
    ) -> None:
        """A filled rectangle."""
        self._draw.rectangle([v * SCALE for v in (left, top, right, bottom)], fill=fill, outline=edge, width=SCALE)

    def disc(self, x: float, y: float, radius: float, fill: Colour | None, edge: Colour | None = None) -> None:
        """A filled circle, a ring, or both."""
        box = [v * SCALE for v in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(box, fill=fill, outline=edge, width=2 * SCALE)

    def line(self, points: list[tuple[float, float]], fill: Colour = INK, width: float = 1.5) -> None:
        """A line through points."""
        flat = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(flat, fill=fill, width=round(width * SCALE), joint="curve")

    def polygon(self, points: list[tuple[float, float]], fill: tuple[int, ...], edge: Colour | None = None) -> None:
        """A filled outline; a fourth number in `fill` is its opacity."""
        flat = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.polygon(flat, fill=fill)
        if edge is not None:
            self._draw.line([*flat, flat[0]], fill=edge, width=SCALE)

    def arrow(self, start: tuple[float, float], end: tuple[float, float], fill: Colour = INK, width: float = 2) -> None:
        """A line with a head at its end."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = max((dx**2 + dy**2) ** 0.5, 1e-9)
        ux, uy = dx / length * 10, dy / length * 10
        self.line([start, end], fill, width)
        left, right = (end[0] - ux + uy * 0.5, end[1] - uy - ux * 0.5), (end[0] - ux - uy * 0.5, end[1] - uy + ux * 0.5)
        self.polygon([end, left, right], fill)

    def finished(self) -> Image.Image:
        """The picture at its real size."""
        return self.image.resize(self.size, Image.Resampling.LANCZOS)
