"""All colours of the product: those of its themes, its styles and its charts. It imports nothing, so that whatever draws may read it.

`.streamlit/config.toml` repeats the themes, for Streamlit reads them there before any code runs."""

from __future__ import annotations

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
INDIGO, GREEN, ORANGE, PETROL, OCHRE, PINK, VIOLET, OLIVE, GREY = CATEGORICAL = (
    "#5B54EA", "#15803D", "#C2410C", "#0E7490", "#A16207", "#BE185D", "#7C3AED", "#4D7C0F", "#64748B",
)
SEQUENTIAL = ("#EEF0FF", "#E0E3FF", "#C9CDFE", "#AEB2FC", "#9498F8", "#7C7DF3", "#6661EC", "#544CDD", "#4740B8", "#38338A")
# Of a log's own types: apart from one another also without the red or the green cones.
OWN_COLOURS = ("#0077CC", "#DD0077", "#007700", "#8800FF")
RED, STONE = "#C0262D", "#78716C"
BRAND = "#6366F1"

# What is good and bad news, as bars on either page; and as text on the dark one, where it has to be lighter.
GOOD, BAD = GREEN, RED
_GOOD_ON_DARK, _BAD_ON_DARK = "#4ADE80", "#F98080"

# Bars: what is counted, what was lost on the way (its thin lines stand out from both pages by 3 : 1), what it is compared with, and the rest.
COUNTED, LOST, COMPARED, PLAIN = INDIGO, SEQUENTIAL[5], "#94A0B8", GREY
# Lines beside the data: the edge of a shaded part, everyone's rate, the ends of an interval.
ASIDE = "#8086A0"
# Around fields, which must stand out from the page by 3 : 1.
_EDGE = ("#8A8FAB", "#686E93")


def faded(colour: str, opacity: float) -> str:
    """A colour that lets what lies behind it shine through, as Plotly and CSS write it."""
    red, green, blue = (int(colour[place:place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def css_variables() -> str:
    """The colours that the pages' styles name, for the root of the document: `--ih-…` by the theme that is on, `--ih-paper-…` always of the
    light one."""
    light, dark = THEMES["light"], THEMES["dark"]
    variables = {**_of_option("accent", "page"), **_NEWS, "brand": BRAND, "veil": faded(dark["backgroundColor"], 0.45)}
    return _root(variables | {f"paper-{name}": light[option] for name, option in _OPTIONS.items()})


def plain_css_variables() -> str:
    """The same for the documents that are drawn without Streamlit."""
    return _root({**_of_option(*_OPTIONS), "bad": _NEWS["bad"], "edge": _by_theme(*_EDGE), "deep": SEQUENTIAL[-1]})


# The names of a theme's colours in styles.
_OPTIONS = {
    "text": "textColor", "page": "backgroundColor", "ground": "secondaryBackgroundColor", "line": "borderColor", "quiet": "grayColor",
    "link": "linkColor", "accent": "primaryColor",
}


def _by_theme(light: str, dark: str) -> str:
    return f"light-dark({light}, {dark})"


def _of_option(*names: str) -> dict[str, str]:
    return {name: _by_theme(THEMES["light"][_OPTIONS[name]], THEMES["dark"][_OPTIONS[name]]) for name in names}


_NEWS = {"good": _by_theme(GOOD, _GOOD_ON_DARK), "bad": _by_theme(BAD, _BAD_ON_DARK)}


def _root(variables: dict[str, str]) -> str:
    return ":root {\n" + "".join(f"  --ih-{name}: {colour};\n" for name, colour in variables.items()) + "}\n"
