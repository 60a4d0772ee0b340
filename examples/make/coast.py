"""Cut the coastlines of the maps out of Natural Earth (public domain), as packed by npm's world-atlas 2.0.2 (ISC).

Usage: `python coast.py PACKAGE_FOLDER`, where the folder holds `land-10m.json` and `land-50m.json`; writes `coast.json`
beside this script. It was run once; the maps read only `coast.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon, Polygon, box

REGIONS = {
    "japan": ("land-10m.json", (130.0, 31.0, 147.0, 45.8), 0.03),
    "tohoku": ("land-10m.json", (138.5, 35.0, 145.0, 41.6), 0.01),
    "europe": ("land-50m.json", (-28.0, 42.0, 32.0, 71.0), 0.08),
    "egypt": ("land-10m.json", (29.5, 28.6, 35.2, 32.4), 0.01),
}
"""File, west-south-east-north in degrees, and how far (in degrees) the line may stray when points are left out."""


def _arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    """Longitudes and latitudes of every arc: TopoJSON stores steps on a grid."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def _ring(indices: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices])


def _land(path: Path) -> list[Polygon]:
    topology = json.loads(path.read_text())
    arcs = _arcs(topology)
    shapes = [rings for part in topology["objects"]["land"]["geometries"] for rings in part["arcs"]]
    polygons = [Polygon(_ring(rings[0], arcs), [_ring(hole, arcs) for hole in rings[1:]]) for rings in shapes]
    return [polygon.buffer(0) for polygon in polygons]


def cut(folder: Path) -> dict[str, list[list[list[float]]]]:
    """The outer rings of the land in each region, in degrees, to two or three digits."""
    regions = {}
    for name, (file, bounds, tolerance) in REGIONS.items():
        frame = box(*bounds)
        rings = []
        for polygon in _land(folder / file):
            part = polygon.intersection(frame).simplify(tolerance)
            pieces = part.geoms if isinstance(part, MultiPolygon) else [part]
            rings += [np.round(piece.exterior.coords, 3).tolist() for piece in pieces if piece.area > tolerance**2 * 8]
        regions[name] = rings
    return regions


if __name__ == "__main__":
    Path(__file__).with_name("coast.json").write_text(json.dumps(cut(Path(sys.argv[1])), separators=(",", ":")) + "\n")
