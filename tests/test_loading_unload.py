"""A load is taken back: its rows go and what it had replaced returns, whatever was loaded before, between and after."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data.loading.listing import LoadLine, loads
from data.loading.loading import LoadOptions, load_entities
from data.loading.transaction import Stop, Stopped
from data.loading.unloading import NoSuchLoad, UnloadReport, unload
from data.store.store import Store
from tests.logs import ACME, ZENITH, Log, Row, interaction
from tests.store_checks import contents, faults, loaded


def put(log: Log, *rows: Row, replace: bool = False) -> int:
    """Load rows as one file, whatever becomes of them; the version then."""
    return loaded(log.store, log._file(rows), LoadOptions(replace=replace, by="ada@example.com")).version


def taken_back(store: Store, version: int, tenant: str | None = None, tell: Callable[[object], None] = lambda _: None) -> UnloadReport:
    return unload(store, version, tenant, "ada@example.com", tell, Stop())


def listed(store: Store, tenant: str | None = None) -> list[LoadLine]:
    with store.snapshot() as snapshot:
        return list(loads(snapshot, tenant).lines)


def rows_of(store: Store, tenant: str = ACME) -> dict[str, str]:
    """The customer of each row of a tenant: what tells these tests' contents apart."""
    return {row[1]: row[3] for row in contents(store)["interactions"] if row[0] == tenant}


def test_the_rows_of_a_load_go_and_those_of_the_others_stay(log: Log) -> None:
    first = put(log, interaction("a"), interaction("c", "2026-03-17"))
    second = put(log, interaction("b", "2026-03-16", customerId="CUST002", interactionType="typo"), interaction("a"))
    report = taken_back(log.store, second)
    assert (report.load, report.tenant, report.removed, report.restored, report.version) == (second, None, 1, 0, 3)
    assert rows_of(log.store) == {"a": "CUST001", "c": "CUST001"}
    assert faults(log.store) == []
    assert [line.version for line in listed(log.store)] == [first]


def test_a_row_that_a_later_file_holds_too_belongs_to_the_load_that_wrote_it(log: Log) -> None:
    first = put(log, interaction("a"))
    put(log, interaction("a"), interaction("b"))
    taken_back(log.store, first)
    assert rows_of(log.store) == {"b": "CUST001"}


def test_a_store_whose_only_load_is_taken_back_is_empty_and_takes_the_file_again(log: Log) -> None:
    version = put(log, interaction("a"), interaction("b"))
    taken_back(log.store, version)
    assert rows_of(log.store) == {} and faults(log.store) == [] and listed(log.store) == []
    again = put(log, interaction("a"), interaction("b"))
    assert rows_of(log.store) == {"a": "CUST001", "b": "CUST001"} and faults(log.store) == []
    assert [line.version for line in listed(log.store)] == [again]


def test_nothing_stays_of_words_that_no_row_has_any_more(log: Log) -> None:
    put(log, interaction("a", channelId="ch_web", offerId="off_card", offerName="Card"))
    second = put(log, interaction("b", customerId="CUST002", interactionType="typo", outcomeTypeKey="other", channelId="ch_1", direction="x",
                                  creativeId="cr_1", creativeName="Hero", creative={"id": "cr_1", "name": "Hero", "channel": {"id": "ch_2"}},
                                  offerId="off_bare"))
    with log.snapshot() as snapshot:
        names = snapshot.tenant(ACME).names
        assert set(names.type.by_id) == {"click", "typo"} and set(names.offer.by_id) == {"off_card", "off_bare"}
    taken_back(log.store, second)
    assert faults(log.store) == []
    with log.snapshot() as snapshot:
        tenant = snapshot.tenant(ACME)
        names = tenant.names
        assert (set(names.type.by_id), set(names.outcome.by_id), set(names.direction.by_id)) == ({"click"}, {"click"}, set())
        # What the load described keeps its name, and the channel that the creative is described to be for.
        assert (set(names.offer.by_id), set(names.creative.by_id), set(names.channel.by_id)) == ({"off_card"}, {"cr_1"}, {"ch_web", "ch_2"})
        assert names.creative.by_id["cr_1"].channel == "ch_2"
        assert tenant.customer("CUST002") is None
        record = tenant.record("a")
        assert record is not None and record.offer is not None and record.offer.name == "Card" and record.channelId == "ch_web"


def test_of_a_load_of_several_tenants_one_tenants_rows_can_be_taken_back_alone(log: Log) -> None:
    version = put(log, interaction("a"), interaction("a", tenantId=ZENITH), interaction("b", tenantId=ZENITH))
    report = taken_back(log.store, version, ZENITH)
    assert (report.removed, report.tenant) == (2, ZENITH)
    assert rows_of(log.store) == {"a": "CUST001"} and rows_of(log.store, ZENITH) == {} and faults(log.store) == []
    assert listed(log.store, ZENITH) == []
    assert [(line.version, line.rows, line.tenants) for line in listed(log.store)] == [(version, 1, (ACME,))]
    with pytest.raises(NoSuchLoad, match="^Load 1 of tenant zenith does not exist; "):
        taken_back(log.store, version, ZENITH)


@pytest.mark.parametrize(("version", "tenant"), [(0, None), (2, None), (7, None), (1, ZENITH), (1, "nobody")])
def test_a_load_that_there_is_not_is_refused_and_changes_nothing(log: Log, version: int, tenant: str | None) -> None:
    put(log, interaction("a"))
    put(log, interaction("a"))
    before = contents(log.store)
    with pytest.raises(NoSuchLoad):
        taken_back(log.store, version, tenant)
    assert contents(log.store) == before and len(listed(log.store)) == 1


def test_a_load_is_taken_back_once(log: Log) -> None:
    version = put(log, interaction("a"))
    report = taken_back(log.store, version)
    for number in (version, report.version):
        with pytest.raises(NoSuchLoad):
            taken_back(log.store, number)


def test_loads_are_listed_with_what_each_tenant_may_see_of_them(log: Log) -> None:
    put(log, interaction("a"), interaction("b"), {"tenantId": ACME}, interaction("x", tenantId=ZENITH), {"tenantId": ZENITH})
    put(log, interaction("b"), interaction("b", direction="in"), interaction("c"), {"tenantId": None})
    lines = [(line.version, line.rows, line.rejected, line.conflicts, line.by, line.tenants) for line in listed(log.store)]
    assert lines == [(2, 1, 1, 1, "ada@example.com", (ACME,)), (1, 3, 2, 0, "ada@example.com", (ACME, ZENITH))]
    assert [(line.version, line.rows, line.rejected, line.conflicts) for line in listed(log.store, ACME)] == [(2, 1, 1, 1), (1, 2, 1, 0)]
    assert [(line.version, line.rows, line.rejected, line.conflicts) for line in listed(log.store, ZENITH)] == [(1, 1, 1, 0)]


def test_a_load_that_wrote_no_row_is_none_to_take_back(log: Log, tmp_path: Path) -> None:
    """It may have described an offer, whose name stays anyway."""
    put(log, interaction("a"))
    offers = tmp_path / "offers.csv"
    offers.write_text("id,name\noff_1,Card\n")
    version = load_entities(log.store, "offers", offers, LoadOptions(ACME), lambda _: None, tmp_path).version
    assert version == 2
    assert [line.version for line in listed(log.store)] == [line.version for line in listed(log.store, ACME)] == [1]
    with pytest.raises(NoSuchLoad):
        taken_back(log.store, version)


def test_readers_see_the_log_with_the_load_until_all_of_it_is_gone(log: Log) -> None:
    put(log, interaction("a"))
    version = put(log, interaction("b"), interaction("c"))
    seen = []
    with log.snapshot() as before:
        def look(_: object) -> None:
            with log.store.snapshot() as snapshot:
                seen.append((snapshot.version, snapshot.rows("select count(*) from interactions")[0][0]))

        taken_back(log.store, version, tell=look)
        assert set(seen) == {(2, 3)} and len(seen) > 3
        assert before.tenant(ACME).record("c") is not None
    assert len(rows_of(log.store)) == 1


def test_an_unload_that_is_stopped_leaves_everything_as_it_was(log: Log) -> None:
    put(log, interaction("a"))
    version = put(log, interaction("b"), interaction("a", customerId="CUST002"), replace=True)
    before, stop = contents(log.store), Stop()

    def stop_at_the_end(progress: object) -> None:
        if "committing" in str(progress):
            stop.now()

    with pytest.raises(Stopped):
        unload(log.store, version, None, "operator", stop_at_the_end, stop)
    assert contents(log.store) == before and faults(log.store) == [] and len(listed(log.store)) == 2


def walked(log: Log, cursor: str) -> list[str]:
    from queries.asking.selection import Selection

    with log.snapshot() as snapshot:
        return [record.id for record in snapshot.tenant(ACME).page(Selection(ACME), 10, cursor).records]


def test_a_cursor_whose_row_has_gone_goes_on_from_its_place_for_24_hours(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    # No id grows with time, so that a place is not what a comparison of ids would give.
    put(log, interaction("z", "2026-03-10"), interaction("a", "2026-03-12"), interaction("b", "2026-03-11"), interaction("d", "2026-03-11"))
    version = put(log, interaction("c", "2026-03-11"))
    assert walked(log, "c") == ["b", "z"]
    taken_back(log.store, version)
    assert walked(log, "c") == ["b", "z"]
    began = log.store._now_ms()
    monkeypatch.setattr(log.store, "_now_ms", lambda: began + timedelta(hours=23).total_seconds() * 1000)
    assert walked(log, "c") == ["b", "z"]
    monkeypatch.setattr(log.store, "_now_ms", lambda: began + timedelta(hours=25).total_seconds() * 1000)
    # Nobody knows it any more, and the ids are compared.
    assert walked(log, "c") == ["a", "b"]


def test_a_place_is_its_tenants_and_a_row_that_comes_back_stands_where_it_now_is(log: Log) -> None:
    put(log, interaction("a", "2026-03-12"), interaction("b", "2026-03-11"), interaction("c", "2026-03-01", tenantId=ZENITH))
    version = put(log, interaction("c", "2026-03-13"), interaction("c2", "2026-03-13", tenantId=ZENITH))
    taken_back(log.store, version)
    assert walked(log, "c") == ["a", "b"]
    assert walked(log, "c2") == ["b", "a"][::-1]
    put(log, interaction("c", "2026-03-11T12:00:00Z"))
    assert walked(log, "c") == ["b"]


@dataclass
class Model:
    """What the store must hold, by definition: of each row the newest content among those of the loads that nobody has taken back."""

    contents: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def load(self, version: int, rows: dict[str, str], replace: bool) -> None:
        for id, content in rows.items():
            layers = self.contents.setdefault(id, [])
            if not layers or (replace and layers[-1][1] != content):
                layers.append((version, content))

    def unload(self, version: int) -> None:
        for layers in self.contents.values():
            layers[:] = [layer for layer in layers if layer[0] != version]

    def present(self) -> dict[str, tuple[int, str]]:
        return {id: layers[-1] for id, layers in self.contents.items() if layers}


def content_row(tenant: str, id: str, content: str) -> Row:
    """A row all of whose columns follow from its content."""
    return interaction(
        id, f"2026-03-{10 + len(content)}T12:00:00Z", tenantId=tenant, customerId=f"c_{content}", interactionType=f"t_{content[:1]}",
        offerId=f"o_{content}", channelId=f"h_{content[-1:]}", outcome={"conversionValue": len(content)})


class LoadsAndUnloads(RuleBasedStateMachine):
    """Any sequence of loads, replacing loads and unloads, of two tenants that share ids."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.log = Log(self.folder)
        self.models = {ACME: Model(), ZENITH: Model()}
        self.versions: list[int] = []

    @initialize(rows=st.integers(0, 30))
    def begins(self, rows: int) -> None:
        self.load({ACME: {f"old{number}": "start" for number in range(rows)}}, replace=False)

    @rule(
        rows=st.dictionaries(
            st.sampled_from([ACME, ZENITH]),
            st.dictionaries(st.sampled_from(["r1", "r2", "r3", "r4"]), st.sampled_from(["x", "xy", "y", "xyz"]), min_size=1),
            min_size=1),
        replace=st.booleans())
    def load(self, rows: dict[str, dict[str, str]], replace: bool) -> None:
        version = put(self.log, *(content_row(tenant, id, content) for tenant in rows for id, content in rows[tenant].items()), replace=replace)
        for tenant, contents_ in rows.items():
            self.models[tenant].load(version, contents_, replace)
        if any(version == load for tenant in rows for load, _ in self.models[tenant].present().values()):
            self.versions.append(version)

    @rule(data=st.data(), tenant=st.sampled_from([None, ACME, ZENITH]))
    def unload(self, data: st.DataObject, tenant: str | None) -> None:
        if not self.versions:
            return
        version = data.draw(st.sampled_from(self.versions))
        try:
            taken_back(self.log.store, version, tenant)
        except NoSuchLoad:
            return
        for whose in (ACME, ZENITH) if tenant is None else (tenant,):
            self.models[whose].unload(version)

    @invariant()
    def the_store_holds_what_the_model_says(self) -> None:
        assert faults(self.log.store) == []
        expected = {(tenant, id): content for tenant, model in self.models.items() for id, (_, content) in model.present().items()}
        held = contents(self.log.store)["interactions"]
        assert {(row[0], row[1]): row[3] for row in held} == {row: f"c_{content}" for row, content in expected.items()}
        assert {row[3:6] + row[7:8] for row in held} == {
            (f"c_{content}", f"t_{content[:1]}", f"o_{content}", f"h_{content[-1:]}") for content in expected.values()}
        counts = {line.version: line.rows for line in listed(self.log.store)}
        for tenant, model in self.models.items():
            owned = [load for load, _ in model.present().values()]
            assert {line.version: line.rows for line in listed(self.log.store, tenant) if line.rows} == {
                load: owned.count(load) for load in set(owned)}
            for load in owned:
                assert counts[load] >= owned.count(load)
        with self.log.store.snapshot() as snapshot:
            words = {row[0] for row in snapshot.rows("select id from customers union select id from offers")}
        assert words == {f"{kind}_{content}" for content in expected.values() for kind in "co"}

    def teardown(self) -> None:
        self.log.store.close()
        shutil.rmtree(self.folder)


TestLoadsAndUnloads = LoadsAndUnloads.TestCase
# A sequence of so many steps meets every order of three loads that replace one another.
TestLoadsAndUnloads.settings = settings(max_examples=settings.default.max_examples // 2, stateful_step_count=8)
