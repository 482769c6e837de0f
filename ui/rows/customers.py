"""One customer's figures: cards, counts by type, offers seen and taken."""

from __future__ import annotations

from queries.answers.customer import Customer, CustomerOffer, rows_of_taking
from queries.asking.measures import MEASURE
from queries.asking.names import Names
from queries.asking.selection import Selection, filter_of
from queries.asking.times import iso
from ui.charts.looks import Looks
from ui.charts.timeline import NO_OFFER
from ui.components.kpis import Kpi
from ui.components.table import Cell, Column, Row
from ui.page.address import Filters, link_behind, query_string, rows_link
from ui.words.measures import file_value, value_text
from ui.words.numbers import count, percent, time

Value = str | int | float | None

_COUNTED = ("impression", "click", "dismiss", "accept", "convert")

TYPE_HEADINGS = [Column("type", "Type", "text"), Column("count", "Interactions"), Column("share", "Share", "drawing")]
OFFER_HEADINGS = [
    Column("name", "Offer", "text"),
    Column("answer", "Answer", "text", "Taken: accepted, or led to a conversion. Seen: shown, and not taken."),
    *(Column(counted, MEASURE[counted].label, help=MEASURE[counted].help) for counted in _COUNTED),
    Column("revenue", "Value", help=MEASURE["revenue"].help),
    Column("first", "First (UTC)", "text"),
    Column("last", "Last (UTC)", "text"),
]


def customer_kpis(found: Customer, every: Selection, names: Names) -> list[Kpi]:
    """The cards of a customer; the figures lead to the rows behind them, of `every` one of the customer."""
    offers = [offer for offer in found.offers if offer.id is not None]
    seen, taken = sum(offer.seen for offer in offers), sum(offer.taken for offer in offers)
    return [
        Kpi("Interactions", count(found.figures.total), MEASURE["total"].help, address=_rows(found)),
        Kpi("First seen", time(found.first)[:10], "The day of the oldest interaction, in UTC.", note=f"{time(found.first)[11:]} UTC"),
        Kpi("Last seen", time(found.last)[:10], "The day of the newest interaction, in UTC.", note=f"{time(found.last)[11:]} UTC"),
        Kpi("Offers taken", count(taken), "Offers accepted, or that led to a conversion.",
            note=f"of {count(seen)} seen", address=rows_link(rows_of_taking(found, every, names))),
        Kpi("Value", value_text("revenue", found.figures.revenue), MEASURE["revenue"].help, address=_rows(found)),
    ]


def type_rows(found: Customer, looks: Looks) -> list[Row]:
    """A row for each type, most frequent first."""
    return [
        {
            "type": Cell(name, address=_rows(found, [("type", name)])),
            "count": Cell(count(number), note=percent(number, found.figures.total)),
            "share": Cell(percent(number, found.figures.total), share=number / found.figures.total, colour=looks[name].colour),
        }
        for name, number in found.counts.items()
    ]


def offer_rows(found: Customer, every: Selection, names: Names) -> list[Row]:
    """A row for each offer, the latest first; its figures lead to the rows behind them, of `every` one of the customer."""
    return [
        {
            "name": _name(found, offer),
            "answer": _answer(offer),
            **{measure: _figure(measure, offer, every, names) for measure in (*_COUNTED, "revenue")},
            "first": time(offer.first)[:16],
            "last": time(offer.last)[:16],
        }
        for offer in found.offers
    ]


def _figure(measure: str, offer: CustomerOffer, every: Selection, names: Names) -> Cell | None:
    value = offer.figures[measure]
    if value == 0:
        return None
    address = link_behind(every, measure, names, [filter_of("offerId", offer.id)])
    return Cell(value_text(measure, value), address=address)


def offers_file(found: Customer) -> tuple[list[str], list[list[Value]]]:
    """The header and the rows of the offers as a file."""
    header = ["customerId", "offerId", "offerName", "offerStatus", "seen", "taken", *_COUNTED, "revenue", "first", "last"]
    return header, [
        [found.id, offer.id, offer.label, offer.status, str(offer.seen).lower(), str(offer.taken).lower(),
         *(offer.figures[counted] for counted in _COUNTED), file_value("revenue", offer.figures.revenue), iso(offer.first), iso(offer.last)]
        for offer in found.offers
    ]


def _rows(found: Customer, further: Filters = ()) -> str:
    return f"/history{query_string([('customerId', found.id), *further])}"


def _name(found: Customer, offer: CustomerOffer) -> Cell:
    if offer.id is None:
        return Cell(NO_OFFER, address=_rows(found, [filter_of("offerId", None)]))
    mark = None if offer.status in (None, "active") else offer.status
    return Cell(offer.label, mark=mark, address=_rows(found, [("offerId", offer.id)]), is_id=offer.label == offer.id)


def _answer(offer: CustomerOffer) -> Cell:
    if offer.taken:
        return Cell("Taken", tone="good")
    if offer.figures.negative:
        return Cell("Refused", tone="bad")
    return Cell("Seen" if offer.seen else None, tone="quiet")
