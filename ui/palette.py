"""How each interaction type is drawn: a colour, a dash and a marker, the same on every page, in every chart and in both themes.

Each colour reads with white text on it (4.5 : 1) and stands out from the light and the dark page (3 : 1), so that nothing has to know
which theme is shown. So few colours as pass that cannot tell many types apart, least of all to the colour-blind: the marker does, and
along a line the dash as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ui.markers import OWN_MARKERS, is_open, outline


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


_GREY, _GREEN, _OCHRE, _PETROL, _RED, _STONE = "#64748B", "#15803D", "#A16207", "#0E7490", "#DC2626", "#78716C"

KNOWN = {
    "impression": Look(_GREY, "solid", "circle-open"),
    "click": Look("#5B54EA", "solid", "circle"),
    "accept": Look(_GREEN, "dash", "diamond"),
    "convert": Look(_OCHRE, "dashdot", "star"),
    "conversion": Look(_OCHRE, "solid", "star-open"),
    "requested_info": Look(_PETROL, "solid", "triangle-up"),
    "share": Look(_PETROL, "dash", "triangle-up-open"),
    "save": Look(_PETROL, "dashdot", "diamond-open"),
    "dismiss": Look("#C2410C", "dot", "x"),
    "not_interested": Look("#BE185D", "longdash", "x-open"),
    "opt_out": Look(_RED, "solid", "cross"),
    "complaint": Look(_RED, "dash", "cross-open"),
    "deferred": Look(_STONE, "solid", "triangle-down"),
    "defer": Look(_STONE, "dash", "triangle-down-open"),
    "not_presented": Look(_STONE, "dot", "pentagon"),
    "expired": Look(_STONE, "dashdot", "pentagon-open"),
    "recommendation": Look("#7C3AED", "longdash", "hexagon-open"),
}

# Apart from one another also without the red or the green cones.
OWN_COLOURS = ("#0077CC", "#DD0077", "#007700", "#8800FF")
_NAMED_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


class Looks:
    """The look of each type of one log, whose types are given in the order in which they first appeared there.

    A type of the log's own has the look of its place among those, which later ones do not change.
    """

    def __init__(self, types: Iterable[str | None]):
        own = (type for type in types if type is not None and type not in KNOWN)
        self._places = {type: place for place, type in enumerate(own)}

    def __getitem__(self, type: str) -> Look:
        return KNOWN.get(type) or self.further(self._places[type] - len(self._places) if type in self._places else 0)

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
