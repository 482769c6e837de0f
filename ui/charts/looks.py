"""How interaction types look: their colours, dashes and markers, which charts and tables draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, pi, sin

from palette import GREEN, GREY, INDIGO, OCHRE, ORANGE, OWN_COLOURS, PETROL, PINK, RED, STONE, VIOLET

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


@dataclass(frozen=True)
class Look:
    """A colour as #RRGGBB, a dash and a marker by Plotly's names for them."""

    colour: str
    dash: str
    marker: str

    @property
    def glyph(self) -> dict[str, str | bool]:
        """The marker for what the browser draws itself."""
        return {"outline": outline(self.marker), "open": is_open(self.marker), "colour": self.colour}


KNOWN = {
    "impression": Look(GREY, "solid", "circle-open"),
    "click": Look(INDIGO, "solid", "circle"),
    "accept": Look(GREEN, "dash", "diamond"),
    "convert": Look(OCHRE, "dashdot", "star"),
    "conversion": Look(OCHRE, "solid", "star-open"),
    "requested_info": Look(PETROL, "solid", "triangle-up"),
    "share": Look(PETROL, "dash", "triangle-up-open"),
    "save": Look(PETROL, "dashdot", "diamond-open"),
    "dismiss": Look(ORANGE, "dot", "x"),
    "not_interested": Look(PINK, "longdash", "x-open"),
    "opt_out": Look(RED, "solid", "cross"),
    "complaint": Look(RED, "dash", "cross-open"),
    "deferred": Look(STONE, "solid", "triangle-down"),
    "defer": Look(STONE, "dash", "triangle-down-open"),
    "not_presented": Look(STONE, "dot", "pentagon"),
    "expired": Look(STONE, "dashdot", "pentagon-open"),
    "recommendation": Look(VIOLET, "longdash", "hexagon-open"),
}

_NAMED_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


class Looks:
    """The look of each type of one log, whose types are given in the order in which they first appeared there.

    A type of the log's own has the look of its place among those, which later ones do not change.
    """

    def __init__(self, types: Iterable[str | None]):
        own = (name for name in types if name is not None and name not in KNOWN)
        self._places = {name: place for place, name in enumerate(own)}

    def __getitem__(self, name: str) -> Look:
        return KNOWN.get(name) or self.further(self._places[name] - len(self._places) if name in self._places else 0)

    def further(self, place: int) -> Look:
        """The look of what is no type of the log, by its place among such things, from 0."""
        return own_look(len(self._places) + place)


def own_look(place: int) -> Look:
    """The look of a place among the types of a log's own: no two dashes are alike, nor the markers of any OWN_MARKERS in a row.

    Where the markers begin anew the colours are other ones.
    """
    turn, marker = divmod(place, len(OWN_MARKERS))
    return Look(OWN_COLOURS[(marker + turn) % len(OWN_COLOURS)], _dash(place), OWN_MARKERS[marker])


def _dash(place: int) -> str:
    """Past the dashes that have names, strokes that spell the place in binary digits: long for 1, short for 0."""
    if place < len(_NAMED_DASHES):
        return _NAMED_DASHES[place]
    strokes = [f"{11 if digit == '1' else 2}px" for digit in f"{place:b}"]
    return f"{',3px,'.join(strokes)},8px"
