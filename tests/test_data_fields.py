from __future__ import annotations

import pytest

from data.mapping.fields import RECORD_FIELDS, column_mapping, renamed_columns
from data.store.limits import StoreError


@pytest.mark.parametrize(("columns", "field", "read"), [
    (["offerId"], "offerId", ("offerId",)),
    (["offer_id"], "offerId", ("offer_id",)),
    (["actionId", "offerId"], "offerId", ("offerId", "actionId")),
    (["treatment_id"], "creativeId", ("treatment_id",)),
    (["type"], "interactionType", ("type",)),
    (["OfferId"], "offerId", ()),
])
def test_a_field_is_read_from_its_api_name_before_its_other_names(columns: list[str], field: str, read: tuple[str, ...]) -> None:
    assert column_mapping(RECORD_FIELDS, columns, {}).columns[field] == read


def test_a_mapped_column_is_read_before_all_others_and_as_nothing_else() -> None:
    read = column_mapping(RECORD_FIELDS, ["type", "event", "interactionType"], {"event": "interactionType", "type": "outcomeTypeKey"})
    assert read.columns["interactionType"] == ("event", "interactionType")
    assert read.columns["outcomeTypeKey"] == ("type",)
    assert read.ignored == ()


def test_columns_that_no_field_is_read_from_are_named() -> None:
    assert column_mapping(RECORD_FIELDS, ["rank", "id", "Id"], {}).ignored == ("rank", "Id")


def test_pairs_name_fields_by_any_of_their_names_and_columns_may_hold_equals_signs() -> None:
    assert renamed_columns(["a=b=offer_id", "c=actionId"]) == {"a=b": "offerId", "c": "offerId"}


@pytest.mark.parametrize(("pair", "said"), [
    ("event", "--map takes COLUMN=FIELD, not 'event'"),
    ("=id", "--map takes COLUMN=FIELD, not '=id'"),
    ("event=ident", "there is no field 'ident'. Fields: id, tenantId, customerId"),
])
def test_a_pair_that_maps_nothing_is_an_error_that_says_why(pair: str, said: str) -> None:
    with pytest.raises(StoreError) as refusal:
        renamed_columns([pair])
    assert said in str(refusal.value)
