from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ui import palette

ROOT = Path(palette.__file__).resolve().parents[1]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
COLOURS = sorted({*palette.TYPE_COLOURS.values(), *palette.OTHER_COLOURS, *palette.OUTCOME_COLOURS.values()})


def luminance(colour: str) -> float:
    parts = (int(part, 16) / 255 for part in re.findall("[0-9A-Fa-f]{2}", colour))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
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
@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_stands_out_from_the_page(colour: str, theme: str):
    assert contrast(colour, THEME[theme]["backgroundColor"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("text", ["textColor", "linkColor", "grayColor", "dataframeHeaderTextColor"])
def test_text_reads_on_its_theme(theme: str, ground: str, text: str):
    assert contrast(THEME[theme][text], THEME[theme][ground]) >= 4.5


def test_an_unforeseen_type_keeps_its_colour_from_run_to_run():
    assert palette.type_colours(["swipe_up", "hover"]) == {"swipe_up": "#B13AC4", "hover": "#0F766E"}


def test_an_unforeseen_type_never_looks_like_a_known_one():
    assert not set(palette.OTHER_COLOURS) & set(palette.TYPE_COLOURS.values())
