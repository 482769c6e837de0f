"""All colours of the product, those of its themes, its styles and its charts; and the markers of the types, which tables draw as well.

`.streamlit/config.toml` repeats the themes, for Streamlit reads them there before any code runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, pi, sin

THEMES = {
    "light": {
        "primaryColor": "#4F46E5",
        "backgroundColor": "#FFFFFF",
        "secondaryBackgroundColor": "#F6F7FB",
        "textColor": "#16182B",
        "linkColor": "#4338CA",
        "borderColor": "#DFE1EC",
        "codeBackgroundColor": "#F0F1F8",
        "codeTextColor": "#2E3150",
        "grayColor": "#5A5F78",
        "dataframeBorderColor": "#DFE1EC",
        "dataframeHeaderBackgroundColor": "#F6F7FB",
        "dataframeHeaderTextColor": "#5A5F78",
    },
    "dark": {
        "primaryColor": "#818CF8",
        "backgroundColor": "#0F1120",
        "secondaryBackgroundColor": "#171A2E",
        "textColor": "#ECEEFB",
        "linkColor": "#A5B0FF",
        "borderColor": "#2C3150",
        "codeBackgroundColor": "#171A2E",
        "codeTextColor": "#D5D9F5",
        "grayColor": "#A3A8C3",
        "dataframeBorderColor": "#2C3150",
        "dataframeHeaderBackgroundColor": "#171A2E",
        "dataframeHeaderTextColor": "#A3A8C3",
    },
}

# With white text on them and on both pages, AA.
_INDIGO, _GREEN, _ORANGE, _PETROL, _OCHRE, _PINK, _VIOLET, _OLIVE, _GREY = CATEGORICAL = (
    "#5B54EA", "#15803D", "#C2410C", "#0E7490", "#A16207", "#BE185D", "#7C3AED", "#4D7C0F", "#64748B",
)
SEQUENTIAL = ("#EEF0FF", "#E0E3FF", "#C9CDFE", "#AEB2FC", "#9498F8", "#7C7DF3", "#6661EC", "#544CDD", "#4740B8", "#38338A")
_RED, _STONE = "#C0262D", "#78716C"
BRAND = "#6366F1"

# What is good and bad news, as bars on either page; and as text on the dark one, where it has to be lighter.
GOOD, BAD = _GREEN, _RED
_GOOD_ON_DARK, _BAD_ON_DARK = "#4ADE80", "#F98080"

# Bars: what is counted, what was lost on the way (its thin lines stand out from both pages by 3 : 1), what it is compared with, and the rest.
COUNTED, LOST, COMPARED, PLAIN = _INDIGO, SEQUENTIAL[5], "#94A0B8", _GREY
# Lines beside the data: the edge of a shaded part, everyone's rate, the ends of an interval.
ASIDE = "#8086A0"


def faded(colour: str, opacity: float) -> str:
    """A colour that lets what lies behind it shine through, as Plotly and CSS write it."""
    red, green, blue = (int(colour[place:place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def css_variables() -> str:
    """The colours that styles name, for the root of the document: `--ih-…` by the theme that is on, `--ih-paper-…` always of the light one."""
    light, dark = THEMES["light"], THEMES["dark"]
    pairs = {
        "accent": (light["primaryColor"], dark["primaryColor"]), "page": (light["backgroundColor"], dark["backgroundColor"]),
        "good": (GOOD, _GOOD_ON_DARK), "bad": (BAD, _BAD_ON_DARK),
    }
    variables = {name: f"light-dark({of_light}, {of_dark})" for name, (of_light, of_dark) in pairs.items()}
    variables |= {"brand": BRAND, "veil": faded(dark["backgroundColor"], 0.45)}
    paper = {
        "text": "textColor", "page": "backgroundColor", "ground": "secondaryBackgroundColor", "line": "borderColor", "quiet": "grayColor",
        "link": "linkColor", "accent": "primaryColor",
    }
    variables |= {f"paper-{name}": light[option] for name, option in paper.items()}
    return ":root {\n" + "".join(f"  --ih-{name}: {colour};\n" for name, colour in variables.items()) + "}\n"


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
    "impression": Look(_GREY, "solid", "circle-open"),
    "click": Look(_INDIGO, "solid", "circle"),
    "accept": Look(_GREEN, "dash", "diamond"),
    "convert": Look(_OCHRE, "dashdot", "star"),
    "conversion": Look(_OCHRE, "solid", "star-open"),
    "requested_info": Look(_PETROL, "solid", "triangle-up"),
    "share": Look(_PETROL, "dash", "triangle-up-open"),
    "save": Look(_PETROL, "dashdot", "diamond-open"),
    "dismiss": Look(_ORANGE, "dot", "x"),
    "not_interested": Look(_PINK, "longdash", "x-open"),
    "opt_out": Look(_RED, "solid", "cross"),
    "complaint": Look(_RED, "dash", "cross-open"),
    "deferred": Look(_STONE, "solid", "triangle-down"),
    "defer": Look(_STONE, "dash", "triangle-down-open"),
    "not_presented": Look(_STONE, "dot", "pentagon"),
    "expired": Look(_STONE, "dashdot", "pentagon-open"),
    "recommendation": Look(_VIOLET, "longdash", "hexagon-open"),
}

# Apart from one another also without the red or the green cones.
OWN_COLOURS = ("#0077CC", "#DD0077", "#007700", "#8800FF")
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
