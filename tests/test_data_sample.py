from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sample.log import SCHEMA, sample_batches
from data.sample.placements import SampleEntities, sample_entities

UNTIL = datetime.date(2026, 3, 15)  # a Sunday
BANK, SHOP = 4, 7
OUTCOMES = {
    "impression", "click", "accept", "convert", "conversion", "requested_info", "share", "save",
    "dismiss", "not_interested", "opt_out", "complaint", "deferred", "defer", "not_presented", "expired", "recommendation",
}


def log(interactions: int, seed: int, tenant: str = "demo", batch_rows: int = 200_000) -> pa.Table:
    return pa.Table.from_batches(sample_batches(interactions, seed, tenant, UNTIL, batch_rows), SCHEMA)


def file_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def rows_of(seed: int) -> list[dict]:
    table = log(50_000, seed)
    millis = pc.cast(table["timestamp"], pa.int64())
    return table.set_column(SCHEMA.get_field_index("timestamp"), "timestamp", millis).to_pylist()


@pytest.fixture(scope="module")
def bank() -> list[dict]:
    return rows_of(BANK)


@pytest.fixture(scope="module")
def shop() -> list[dict]:
    return rows_of(SHOP)


@pytest.fixture(scope="module", params=["bank", "shop"])
def rows(request: pytest.FixtureRequest) -> list[dict]:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def entities() -> SampleEntities:
    return sample_entities(BANK)


def date_of(row: dict) -> datetime.date:
    return datetime.datetime.fromtimestamp(row["timestamp"] / 1000, datetime.UTC).date()


def click_rate(rows: list[dict]) -> float:
    types = Counter(row["interactionType"] for row in rows)
    return types["click"] / types["impression"]


class TestTheLogIsMadeFromItsSeed:
    def test_the_same_arguments_give_the_same_bytes(self):
        assert file_bytes(log(5_000, 11)) == file_bytes(log(5_000, 11))

    def test_another_seed_gives_another_log(self):
        assert log(5_000, 11)["timestamp"] != log(5_000, 13)["timestamp"]

    def test_another_tenant_changes_the_tenant_alone(self):
        one, other = log(1_000, 11, "north"), log(1_000, 11, "south")
        assert set(one["tenantId"].to_pylist()) == {"north"}
        assert set(other["tenantId"].to_pylist()) == {"south"}
        assert one.drop_columns("tenantId") == other.drop_columns("tenantId")

    @pytest.mark.parametrize("batch_rows", [1, 7, 999, 1_000, 5_000])
    def test_how_batches_are_cut_changes_no_row(self, batch_rows: int):
        sizes = [batch.num_rows for batch in sample_batches(1_000, 11, "demo", UNTIL, batch_rows)]
        assert set(sizes[:-1]) <= {batch_rows} and 1 <= sizes[-1] <= batch_rows
        assert log(1_000, 11, batch_rows=batch_rows).combine_chunks() == log(1_000, 11).combine_chunks()

    def test_seed_1_is_the_same_log_on_every_machine(self):
        table = log(2_000, 1)
        columns = [pc.cast(column, pa.string()).to_pylist() for column in table.columns]
        digest = hashlib.sha256(json.dumps(columns).encode()).hexdigest()
        assert digest == "a97331715f5fa6267e9adb1a6eb0bfefa6e535f052aa1db3d342b5ad12cc53a1"

    @pytest.mark.parametrize("interactions", [0, 1, 2, 179, 1_000, 50_000])
    def test_it_has_exactly_the_rows_asked_for(self, interactions: int):
        assert log(interactions, BANK).num_rows == interactions

    @settings(max_examples=15, deadline=None)
    @given(
        st.integers(1, 3_000),
        st.integers(0, 2**40),
        st.dates(datetime.date(1960, 1, 1), datetime.date(2060, 1, 1)),
    )
    def test_any_log_is_complete_numbered_and_inside_its_180_days(
        self, interactions: int, seed: int, until: datetime.date
    ):
        table = pa.Table.from_batches(sample_batches(interactions, seed, "demo", until))
        assert table["id"].to_pylist() == [f"ih_{number:010}" for number in range(1, interactions + 1)]
        end = datetime.datetime.combine(until, datetime.time.max, datetime.UTC)
        assert pc.max(table["timestamp"]).as_py() <= end
        assert pc.min(table["timestamp"]).as_py().date() > until - datetime.timedelta(days=180)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1, 1, "demo", UNTIL), "interactions must be from 0 to 1000000000, not -1"),
            ((1_000_000_001, 1, "demo", UNTIL), "interactions must be from 0 to 1000000000, not 1000000001"),
            ((5, -3, "demo", UNTIL), "seed must be 0 or more, not -3"),
            ((5, 1, "", UNTIL), "tenant must not be empty"),
            ((5, 1, "demo", UNTIL, 0), "batch_rows must be 1 or more, not 0"),
        ],
    )
    def test_what_cannot_be_made_is_refused_by_name(self, arguments: tuple, message: str):
        with pytest.raises(ValueError) as refusal:
            sample_batches(*arguments)
        assert str(refusal.value) == message


class TestARowIsOneTheContractKnows:
    def test_every_outcome_key_is_in_the_table_of_outcomes(self, rows: list[dict]):
        assert {row["outcomeTypeKey"] for row in rows} <= OUTCOMES

    @pytest.mark.parametrize("field", ["context", "response", "outcome"])
    def test_its_json_is_a_compact_object(self, rows: list[dict], field: str):
        texts = {row[field] for row in rows}
        assert len(texts) > 3
        for text in texts:
            assert isinstance(json.loads(text), dict)
            assert " " not in text.replace("already has one", "").replace("too many messages", "")

    def test_type_and_outcome_key_differ_in_three_ways(self, rows: list[dict]):
        pairs = {(row["interactionType"], row["outcomeTypeKey"]) for row in rows}
        assert {pair for pair in pairs if pair[0] != pair[1]} == {
            ("recommendation", "not_presented"),
            ("convert", "conversion"),
            ("defer", "deferred"),
        }

    def test_presentations_on_the_web_are_inbound_and_e_mails_outbound(self, rows: list[dict]):
        presented = [row for row in rows if row["interactionType"] == "impression"]
        directions = {(row["channelId"], row["direction"]) for row in presented}
        assert {name for channel, name in directions if channel == "ch_web"} == {"inbound"}
        assert {name for channel, name in directions if channel == "ch_email"} == {"outbound"}
        assert {name for channel, name in directions if channel == "ch_call"} == {"inbound", "outbound"}


class TestRowsReferToEntities:
    def test_a_creative_s_row_carries_its_offer_and_channel(self, bank: list[dict], entities: SampleEntities):
        placed = {each["id"]: (each["offerId"], each["channelId"]) for each in entities.creatives}
        listed = [row for row in bank if row["creativeId"] in placed]
        assert len(listed) > 45_000
        assert all((row["offerId"], row["channelId"]) == placed[row["creativeId"]] for row in listed)

    def test_some_rows_have_no_creative_and_some_of_those_no_channel(self, rows: list[dict]):
        bare = [row for row in rows if row["creativeId"] is None]
        assert 0.02 < len(bare) / len(rows) < 0.05
        assert 0.2 < sum(row["channelId"] is None for row in bare) / len(bare) < 0.5
        assert all(row["channelId"] for row in rows if row["creativeId"])

    def test_a_few_rows_name_entities_that_are_not_listed(self, bank: list[dict], entities: SampleEntities):
        offers = {offer["id"] for offer in entities.offers}
        creatives = {creative["id"] for creative in entities.creatives} | {None}
        unlisted = [row for row in bank if row["offerId"] not in offers or row["creativeId"] not in creatives]
        assert {row["offerId"] for row in unlisted} == {"off_001", "off_900"}
        assert {row["creativeId"] for row in unlisted} == {"cr_900", "cr_901", None}
        assert len(unlisted) / len(bank) < 0.01

    @pytest.mark.parametrize("seed", [BANK, SHOP])
    def test_names_are_unique_and_references_hold(self, seed: int):
        offers, creatives, channels = sample_entities(seed)
        for listed in (offers, creatives, channels):
            assert len({each["id"] for each in listed}) == len(listed)
            assert len({each["name"] for each in listed}) == len(listed)
        assert 24 <= len(offers) <= 40
        assert [channel["name"] for channel in channels] == ["Email", "Web", "Push", "SMS", "Call centre"]
        assert {each["offerId"] for each in creatives} == {each["id"] for each in offers}
        assert {each["channelId"] for each in creatives} == {each["id"] for each in channels}

    def test_one_offer_has_an_a_and_a_b_creative_on_each_of_its_channels(self, entities: SampleEntities):
        names = [each["name"] for each in entities.creatives if each["offerId"] == "off_006"]
        assert names == [
            "Green Mortgage Email Hero A", "Green Mortgage Email Hero B",
            "Green Mortgage Web Banner A", "Green Mortgage Web Banner B",
            "Green Mortgage Call Script A", "Green Mortgage Call Script B",
        ]

    @pytest.mark.parametrize("status", ["paused", "archived", "deleted"])
    def test_offers_no_longer_shown_were_clicked_in_the_past(
        self, bank: list[dict], entities: SampleEntities, status: str
    ):
        closed = {offer["id"] for offer in entities.offers if offer["status"] == status}
        theirs = [row for row in bank if row["offerId"] in closed]
        assert sum(row["interactionType"] == "click" for row in theirs) > 40
        assert max(date_of(row) for row in theirs) < UNTIL

    def test_a_draft_offer_was_never_shown(self, bank: list[dict], entities: SampleEntities):
        drafts = {offer["id"] for offer in entities.offers if offer["status"] == "draft"}
        assert drafts == {"off_032"}
        assert drafts.isdisjoint(row["offerId"] for row in bank)


class TestJourneysMakeSense:
    @pytest.mark.parametrize(
        ("later", "earlier"),
        [
            ("click", "impression"), ("dismiss", "impression"), ("opt_out", "impression"),
            ("expired", "impression"), ("accept", "click"), ("convert", "click"), ("conversion", "click"),
            ("save", "click"),
        ],
    )
    def test_each_response_has_what_it_responds_to(self, rows: list[dict], later: str, earlier: str):
        def journey(row: dict) -> tuple:
            return row["customerId"], row["offerId"], row["creativeId"], row["channelId"]

        first: dict[tuple, int] = {}
        for row in rows:
            if row["interactionType"] == earlier:
                first[journey(row)] = min(row["timestamp"], first.get(journey(row), row["timestamp"]))
        responses = [row for row in rows if row["interactionType"] == later]
        assert len(responses) > 20
        assert all(first[journey(row)] <= row["timestamp"] for row in responses)

    def test_some_clicks_share_the_millisecond_of_their_impression(self, rows: list[dict]):
        shown = {(row["customerId"], row["offerId"], row["timestamp"]) for row in rows
                 if row["interactionType"] == "impression"}
        clicks = [row for row in rows if row["interactionType"] == "click"]
        tied = sum((row["customerId"], row["offerId"], row["timestamp"]) in shown for row in clicks)
        assert 0.005 < tied / len(clicks) < 0.05

    def test_about_one_row_in_a_hundred_is_filled_in_late(self, rows: list[dict]):
        newest = late = 0
        for row in rows:
            late += row["timestamp"] < newest
            newest = max(newest, row["timestamp"])
        assert 0.005 < late / len(rows) < 0.02

    def test_impressions_are_repeated(self, rows: list[dict]):
        shown = Counter((row["customerId"], row["offerId"], row["creativeId"], date_of(row)) for row in rows
                        if row["interactionType"] == "impression")
        assert sum(count > 1 for count in shown.values()) > 100

    @pytest.mark.parametrize(
        ("outcome", "least", "most"),
        [
            ("impression", 0.64, 0.72), ("click", 0.10, 0.14), ("dismiss", 0.04, 0.07),
            ("accept", 0.02, 0.045), ("recommendation", 0.03, 0.05), ("requested_info", 0.005, 0.02),
            ("complaint", 0.0002, 0.002),
        ],
    )
    def test_outcomes_keep_their_proportions(self, rows: list[dict], outcome: str, least: float, most: float):
        share = sum(row["outcomeTypeKey"] == outcome for row in rows) / len(rows)
        assert least < share < most

    def test_conversions_are_about_two_in_a_hundred_rows(self, rows: list[dict]):
        share = sum(row["outcomeTypeKey"] in ("convert", "conversion") for row in rows) / len(rows)
        assert 0.015 < share < 0.03


class TestMoneyIsOnlyInConversions:
    def test_other_rows_have_none(self, rows: list[dict]):
        paid = {row["interactionType"] for row in rows if "conversionValue" in row["outcome"]}
        assert paid == {"convert", "conversion"}

    def test_it_is_a_number_with_two_decimals_or_a_text_or_missing(self, rows: list[dict]):
        conversions = [row for row in rows if row["interactionType"] in ("convert", "conversion")]
        values = [
            json.loads(row["outcome"], parse_float=Decimal).get("conversionValue") for row in conversions
        ]
        kinds = Counter(type(value) for value in values)
        assert set(kinds) == {Decimal, str, type(None)}
        assert kinds[Decimal] > 0.85 * len(values)
        amounts = [Decimal(value) for value in values if value is not None]
        assert {amount.as_tuple().exponent for amount in amounts} == {-2}
        assert -5_200 <= min(amounts) < 0 and 100 < max(amounts) <= 5_200
        assert 0 < sum(amount < 0 for amount in amounts) < 0.05 * len(amounts)
        assert 0 < sum(amount == 0 for amount in amounts) < 0.05 * len(amounts)


class TestTheStoryCanBeFound:
    def test_offers_differ_in_volume_and_appeal(self, rows: list[dict]):
        by_offer: dict[str, list[dict]] = {}
        for row in rows:
            by_offer.setdefault(row["offerId"], []).append(row)
        volumes = sorted((len(each) for each in by_offer.values()), reverse=True)
        assert volumes[0] > 0.1 * len(rows) and volumes[-1] < 0.005 * len(rows)
        rates = [click_rate(each) for each in by_offer.values() if len(each) > 400]
        assert 0.02 < min(rates) < 0.11 and 0.22 < max(rates) < 0.26

    def test_an_a_creative_beats_its_b_in_some_offers_and_not_in_others(self, bank: list[dict]):
        def rate(creative_id: str) -> float:
            return click_rate([row for row in bank if row["creativeId"] == creative_id])

        assert rate("cr_009") > 1.3 * rate("cr_010")  # Everyday Cashback Card by email
        assert 0.85 < rate("cr_001") / rate("cr_002") < 1.15  # Platinum Card Upgrade by email

    @pytest.mark.parametrize(("company", "least", "most"), [("bank", 0.5, 0.8), ("shop", 0.85, 1.15)])
    def test_email_clicks_fall_by_a_third_in_the_bank_s_last_week_alone(
        self, request: pytest.FixtureRequest, company: str, least: float, most: float
    ):
        mailed = [row for row in request.getfixturevalue(company) if row["channelId"] == "ch_email"]
        week = UNTIL - datetime.timedelta(days=6)
        recent = click_rate([row for row in mailed if date_of(row) >= week])
        before = click_rate([row for row in mailed if date_of(row) < week])
        assert least < recent / before < most

    def test_a_bank_s_sunday_is_half_its_tuesday_and_has_no_calls(self, bank: list[dict]):
        weekdays = Counter(date_of(row).isoweekday() for row in bank)
        assert 0.45 < weekdays[7] / weekdays[2] < 0.6
        begun = [row for row in bank if row["interactionType"] == "recommendation"]
        calls = [row for row in begun if row["channelId"] == "ch_call"]
        assert {date_of(row).isoweekday() for row in calls} == {1, 2, 3, 4, 5, 6}

    def test_a_shop_is_busiest_on_saturday(self, shop: list[dict]):
        weekdays = Counter(date_of(row).isoweekday() for row in shop)
        assert weekdays.most_common(1)[0][0] == 6

    def test_nights_are_quiet(self, rows: list[dict]):
        begun = [row for row in rows if row["interactionType"] == "recommendation"]
        hours = Counter(row["timestamp"] // 3_600_000 % 24 for row in begun)
        assert 0 < sum(hours[hour] for hour in range(5)) < 0.1 * sum(hours[hour] for hour in range(12, 17))

    def test_the_last_month_is_busier_than_the_first(self, rows: list[dict]):
        ages = [(UNTIL - date_of(row)).days for row in rows]
        assert 1.4 < sum(age < 28 for age in ages) / sum(age >= 152 for age in ages) < 1.9

    def test_few_customers_are_very_active_and_most_are_not(self, rows: list[dict]):
        counts = sorted(Counter(row["customerId"] for row in rows).values(), reverse=True)
        assert 2_000 < len(counts) <= 2_501
        assert 0.1 < sum(counts[: len(counts) // 100]) / len(rows) < 0.25
        assert sum(counts[len(counts) // 2 :]) / len(rows) < 0.2
        assert min(counts) == 1

    def test_some_customers_are_anonymous_visitors(self, rows: list[dict]):
        customers = {row["customerId"] for row in rows}
        assert {customer[:4] for customer in customers} == {"CUST", "anon"}
