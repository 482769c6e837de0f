from __future__ import annotations

from queries.asking.selection import Selection, clipped, parse
from tests.logs import ACME, Log, interaction
from ui.page.address import link_behind, part_link, rows_link

JUNE = parse(ACME, [("type", "click"), ("from", "2026-06-03"), ("to", "2026-06-20")]).selection
DAY = 86_400_000


def test_the_rows_of_a_selection_have_an_address_and_no_rows_have_none():
    assert rows_link(JUNE) == "/history?type=click&from=2026-06-03&to=2026-06-20"
    assert rows_link(None) is None


def test_a_part_of_the_period_never_reaches_beyond_it():
    assert part_link(JUNE, JUNE.start - 2 * DAY, JUNE.start + 5 * DAY) == "/history?type=click&from=2026-06-03&to=2026-06-08"
    assert part_link(JUNE, JUNE.end - DAY, JUNE.end + DAY) == "/history?type=click&from=2026-06-19&to=2026-06-20"
    assert part_link(JUNE, JUNE.end - DAY, JUNE.end, [("channelId", "ch_web")]) == (
        "/history?channelId=ch_web&type=click&from=2026-06-19&to=2026-06-20"
    )
    assert part_link(JUNE, JUNE.end - DAY, JUNE.end, [("type", "accept")]) is None


def test_a_part_without_an_end_has_that_of_the_period():
    assert clipped(JUNE, JUNE.end - DAY, None).end == JUNE.end
    assert clipped(Selection(ACME), DAY, None) == Selection(ACME, start=DAY)


def test_a_figure_leads_to_its_rows_and_nowhere_where_the_filters_leave_it_none(log: Log):
    log.load(interaction("1", interactionType="click", outcomeTypeKey="click"), interaction("2", interactionType="accept", outcomeTypeKey="accept"))
    with log.store.snapshot() as snapshot:
        names = snapshot.tenant(ACME).names
    assert link_behind(Selection(ACME), "ctr", names, [("channelId", "ch_web")]) == "/history?channelId=ch_web&outcome=click"
    assert link_behind(Selection(ACME, (("outcome", ("accept",)),)), "click", names) is None
