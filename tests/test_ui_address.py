from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui.page import address

TEXT = st.text(min_size=1)


def page() -> None:
    import streamlit as st

    from ui.page import address

    understood = [("offerId" if name == "actionId" else name, value) for name, value in address.pairs()]
    fields = (address.list_field("type"), address.list_field("offerId"), address.choice_field("limit", (25, 50, 100), 25))
    bound = address.bind(fields, understood, kept=("tz",))
    for name in ("type", "offerId"):
        chosen = address.values(understood, name)
        st.multiselect(name, list(dict.fromkeys(["click", "convert", *chosen])), **bound(name))
    if "offerId" not in st.query_params:
        st.selectbox("limit", (25, 50, 100), **bound("limit"))


def opened(**parameters: str | list[str]) -> AppTest:
    app = AppTest.from_function(page)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def written(app: AppTest) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in app.query_params.items()}


def test_an_address_is_what_the_widgets_show_unknown_values_too():
    app = opened(type=["click", "teleport"], limit="50")
    assert app.multiselect(key="type").value == ["click", "teleport"]
    assert app.session_state["limit"] == 50


def test_an_alias_fills_the_widget_of_its_canonical_name():
    assert opened(actionId="off_1").multiselect(key="offerId").value == ["off_1"]


def test_a_change_is_written_to_the_address_and_drops_the_cursor_and_what_was_not_understood():
    app = opened(type="click", cursor="ih_9", foo="1", tz="Europe/Amsterdam")
    app.multiselect(key="type").select("convert").run()
    assert written(app) == {"tz": ["Europe/Amsterdam"], "type": ["click", "convert"]}


def test_a_widget_that_was_away_comes_back_with_what_the_address_says():
    app = opened(limit="50")
    app.query_params["offerId"] = "off_1"
    app.run()
    assert [widget.key for widget in app.selectbox] == []
    del app.query_params["offerId"]
    app.run()
    assert app.selectbox(key="limit").proto.set_value, "the browser has to be told, for its own widget is a new one"
    assert app.selectbox(key="limit").value == 50


def test_a_widget_that_was_away_keeps_its_share_of_the_address():
    app = opened(limit="50", offerId="off_1")
    app.multiselect(key="type").select("click").run()
    assert written(app) == {"limit": ["50"], "offerId": ["off_1"], "type": ["click"]}


def test_opening_an_address_does_not_rewrite_it():
    assert written(opened(actionId="off_1", foo="1")) == {"actionId": ["off_1"], "foo": ["1"]}


def test_a_default_is_not_in_the_address():
    app = opened(type="click", limit="50")
    app.multiselect(key="type").set_value([]).run()
    assert written(app) == {"limit": ["50"]}
    assert address.choice_field("limit", (25, 50), 25).pairs(25) == []


def test_an_option_that_does_not_exist_shows_the_default():
    assert address.choice_field("limit", (25, 50), 25).value([("limit", "7")]) == 25


def test_an_empty_value_is_as_if_it_were_not_given():
    assert address.values([("type", ""), ("type", "click"), ("type", "click")], "type") == ["click"]


@given(st.lists(TEXT, unique=True))
def test_a_list_comes_back_from_the_address_as_it_went_in(chosen: list[str]):
    field = address.list_field("type")
    assert field.value(field.pairs(chosen)) == chosen


def test_a_query_spells_reserved_characters_and_repeats_names():
    assert address.query_string([("type", "a&b"), ("type", "ü +'")]) == "?type=a%26b&type=%C3%BC+%2B%27"
    assert address.query_string([]) == ""
