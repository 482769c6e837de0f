from __future__ import annotations

from queries.answers.summary import every_row
from queries.asking.selection import Selection
from tests.logs import ACME, Log, interaction
from ui.rows.offers import channel_rows


def test_the_row_without_a_channel_leads_to_its_interactions(log: Log) -> None:
    log.load(interaction("a", channelId="email"), interaction("b"), interaction("c"))
    with log.store.snapshot() as snapshot:
        tenant, whole = snapshot.tenant(ACME), Selection(ACME)
        [none, email] = channel_rows(every_row(tenant, whole, "channel"), whole, tenant.names)
    assert (none["name"].text, none["name"].address) == ("No channel", "/history?without=channelId")
    assert none["click"].address == "/history?outcome=click&without=channelId"
    assert (email["name"].text, email["name"].address) == ("email", "/history?channelId=email")
