"""The markers of the charts, as outlines that tables draw as well."""

from __future__ import annotations

from math import cos, pi, sin

_OPEN = "-open"


def _ring(corners: int, radius: float = 8, turned: float = 0, inner: float | None = None) -> str:
    """Corners around the middle, the first at the top; with an `inner` radius a star of so many points."""
    steps = corners if inner is None else 2 * corners
    radii = (radius, radius if inner is None else inner)
    angles = ((turned + 2 * pi * step / steps, radii[step % 2]) for step in range(steps))
    return " ".join(f"{far * sin(angle):.1f},{-far * cos(angle):.1f}" for angle, far in angles)


_CROSS = "-3,-8 3,-8 3,-3 8,-3 8,3 3,3 3,8 -3,8 -3,3 -8,3 -8,-3 -3,-3"
_X = "-4,-8 0,-4 4,-8 8,-4 4,0 8,4 4,8 0,4 -4,8 -8,4 -4,0 -8,-4"

_OUTLINES = {
    "circle": _ring(24, 7), "diamond": _ring(4), "star": _ring(5, 9, inner=3.6), "triangle-up": _ring(3, 9), "triangle-down": _ring(3, 9, pi),
    "x": _X, "cross": _CROSS, "pentagon": _ring(5), "hexagon": _ring(6),
    "square": "-7,-7 7,-7 7,7 -7,7", "bowtie": "-8,-7 0,0 8,-7 8,7 0,0 -8,7", "triangle-right": _ring(3, 9, pi / 2),
    "diamond-tall": "0,-9 5,0 0,9 -5,0", "hourglass": "-7,-8 7,-8 0,0 7,8 -7,8 0,0", "hexagram": _ring(6, 9, inner=5.2),
    "triangle-left": _ring(3, 9, -pi / 2), "star-square": _ring(4, 10, pi / 4, 4), "diamond-wide": "-9,0 0,-5 9,0 0,5",
    "triangle-ne": "-7,-7 7,-7 7,7", "octagon": _ring(8, 8, pi / 8), "star-triangle-up": _ring(3, 9, inner=2.5),
}
# What no known type has; those that are told apart most easily stand first.
_OWN = (
    "square", "bowtie", "triangle-right", "diamond-tall", "hourglass", "hexagram", "triangle-left", "star-square", "diamond-wide", "triangle-ne",
    "star-triangle-up", "octagon",
)
OWN_MARKERS = (*_OWN, *(f"{shape}{_OPEN}" for shape in _OWN))


def outline(marker: str) -> str:
    """A marker's corners, as the points of an SVG polygon between -10 and 10."""
    return _OUTLINES[marker.removesuffix(_OPEN)]


def is_open(marker: str) -> bool:
    """Whether a marker is drawn as its outline alone."""
    return marker.endswith(_OPEN)
