from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from ui.page.copying import curl_command, curl_commands

PATH = "/api/v1/interaction-history"


def test_the_command_asks_the_api_with_a_key_from_the_environment():
    assert curl_command(PATH, [("type", "click"), ("type", "convert")]) == (
        'curl -H "Authorization: Bearer $KEY" '
        "'{origin}/api/v1/interaction-history?type=click&type=convert'"
    )


def test_several_questions_are_a_command_each():
    asked = [[("offerId", "a")], [("offerId", "b")]]
    assert curl_commands(PATH, asked).splitlines() == [curl_command(PATH, pairs) for pairs in asked]


@given(st.lists(st.tuples(st.just("customerId"), st.text(min_size=1))))
def test_no_value_can_leave_its_quotes_or_name_the_origin(pairs: list[tuple[str, str]]):
    command = curl_command(PATH, pairs)
    assert len(shlex.split(command)) == 4
    assert command.count("{") == 1
