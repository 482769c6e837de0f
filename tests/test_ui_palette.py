from __future__ import annotations

import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

import palette
from palette import BAD, CATEGORICAL, COUNTED, GOOD, LOST, OWN_COLOURS, PLAIN, SEQUENTIAL, THEMES, css_variables, faded, plain_css_variables
from tests.colour_sight import SIGHTS, distance, linear
from ui.charts.looks import KNOWN, OWN_MARKERS, Look, Looks, outline, own_look

ROOT = Path(palette.__file__).resolve().parent
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
COLOURS = sorted({*(look.colour for look in KNOWN.values()), *OWN_COLOURS})
SHOP = ["product_viewed", "add_to_cart", "checkout_started", "purchase", "view", "open"]
# Ten times what is just noticeable side by side: lines and marks are thin, and lie apart.
FAR = 23


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [*COLOURS, *THEME["chartCategoricalColors"]])
def test_white_text_reads_on_every_colour(colour: str):
    assert contrast(colour, "#FFFFFF") >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", [*COLOURS, COUNTED, LOST, GOOD, BAD, PLAIN])
def test_every_colour_stands_out_from_the_page(colour: str, theme: str):
    assert contrast(colour, THEME[theme]["backgroundColor"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("text", ["textColor", "linkColor", "grayColor", "dataframeHeaderTextColor"])
def test_text_reads_on_its_theme(theme: str, ground: str, text: str):
    assert contrast(THEME[theme][text], THEME[theme][ground]) >= 4.5


COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3,4})\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(")
DRAWN = [
    path for folder in ("accounts", "api", "pages", "ui") for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".css", ".js", ".html")
]


def test_the_themes_that_streamlit_reads_are_those_of_the_palette():
    assert {name: options for name, options in THEME.items() if isinstance(options, dict)} == THEMES
    assert (THEME["chartCategoricalColors"], THEME["chartSequentialColors"]) == ([*CATEGORICAL], [*SEQUENTIAL])


def test_no_colour_stands_anywhere_but_in_the_palette():
    assert COLOUR.findall("a { color: #5B54EA; fill: rgb(1 2 3) } #root") == ["#5B54EA", "rgb("]
    assert len(DRAWN) > 60
    assert {path.name: COLOUR.findall(path.read_text("utf-8")) for path in DRAWN if COLOUR.search(path.read_text("utf-8"))} == {}
    assert len(COLOUR.findall(Path(palette.__file__).read_text("utf-8"))) > 40
    assert COLOUR.findall((ROOT / "ui" / "page" / "mark.svg").read_text("utf-8")) == [palette.BRAND]


def test_the_styles_name_the_variables_of_the_palette_and_use_them_all():
    for folders, variables in ((("ui",), css_variables()), (("accounts", "api"), plain_css_variables())):
        styles = [path.read_text("utf-8") for path in DRAWN if path.suffix in (".css", ".html") and path.relative_to(ROOT).parts[0] in folders]
        assert {name for style in styles for name in re.findall(r"var\((--ih-[a-z-]+)\)", style)} == set(re.findall(r"(--ih-[a-z-]+):", variables))


@pytest.mark.parametrize(("theme", "place"), [("light", 0), ("dark", 1)])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("news", ["good", "bad"])
def test_good_and_bad_news_read_on_their_theme(news: str, ground: str, theme: str, place: int):
    [pair] = re.findall(rf"--ih-{news}: light-dark\((.*), (.*)\);", css_variables())
    assert contrast(pair[place], THEME[theme][ground]) >= 4.5


def test_a_faded_colour_keeps_its_hue():
    assert faded("#8086A0", 0.16) == "rgba(128,134,160,0.16)"


def told_apart(one: Look, other: Look, with_dashes: bool) -> bool:
    """By the marker, by the dash where lines are drawn, or else by the colour, whoever looks."""
    drawn_otherwise = one.marker != other.marker or (with_dashes and one.dash != other.dash)
    return drawn_otherwise or all(distance(one.colour, other.colour, sight) >= FAR for sight in SIGHTS)


def test_colours_are_seen_as_without_red_or_green_cones():
    assert distance("#000000", "#FFFFFF", "all cones") == pytest.approx(100, abs=0.1)
    # The classic pair: far apart for most, much nearer for those without green cones. Blue and yellow stay apart.
    red, green = "#B35C00", "#5C8500"
    assert distance(red, green, "all cones") > 50 > 20 > distance(red, green, "deuteranopia")
    assert distance("#0000FF", "#FFFF00", "protanopia") > 100


@pytest.mark.parametrize("with_dashes", [True, False], ids=["lines", "marks"])
def test_any_two_types_that_are_drawn_together_can_be_told_apart(with_dashes: bool):
    # Lines of any number of types; marks alone as long as the colours of their markers differ.
    own = [own_look(place) for place in range(300 if with_dashes else len(OWN_COLOURS) * len(OWN_MARKERS))]
    for one, other in combinations([*KNOWN.values(), *own], 2):
        assert told_apart(one, other, with_dashes), (one, other)


def test_any_two_of_a_shops_own_types_differ_in_dash_and_in_marker_and_neighbours_in_colour_for_everyone():
    looks = Looks([None, *SHOP])
    for one, other in combinations([looks[name] for name in SHOP], 2):
        assert one.dash != other.dash and one.marker != other.marker
    for one, other in combinations(OWN_COLOURS, 2):
        assert min(distance(one, other, sight) for sight in SIGHTS) >= FAR


def test_markers_of_different_names_have_different_outlines():
    outlines = {look.marker.removesuffix("-open"): outline(look.marker) for look in (*KNOWN.values(), *map(own_look, range(len(OWN_MARKERS))))}
    assert len(set(outlines.values())) == len(outlines)


def test_a_types_look_goes_by_its_place_among_the_logs_own_and_later_types_do_not_change_it():
    early, later = Looks([None, "impression", *SHOP[:2]]), Looks([None, "impression", *SHOP[:2], "click", *SHOP[2:]])
    assert [early[name] for name in SHOP[:2]] == [later[name] for name in SHOP[:2]] == [own_look(0), own_look(1)]
    assert later["purchase"] == own_look(3) == Look("#8800FF", "dashdot", "diamond-tall")
    assert later["click"] == KNOWN["click"]


def test_what_is_no_type_of_the_log_has_none_of_its_looks():
    looks = Looks([None, *SHOP])
    assert looks["never_logged"] == looks.further(0) == own_look(6)
    assert own_look(6).dash == "11px,3px,11px,3px,2px,8px"
