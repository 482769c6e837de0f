"""Where a sample log's journeys take place: an offer in a creative on a channel, or without one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from data.sample.catalogue import CHANNELS, OfferProfile, Programme, programme

VARIANT_SHARES = {"A": 55, "B": 45}  # of 100 presentations
UNLISTED_OFFER = OfferProfile("", "", "", 40, 110, 250, (10, 80), "EW", 999, 100)


class Placement(NamedTuple):
    """One way an offer reaches customers; `share` is relative to the offer's other placements."""

    offer: OfferProfile
    offer_id: str
    creative_id: str | None
    channel_id: str | None
    medium: str  # initial of the channel whose rhythm it follows, recorded or not
    variant: str | None
    share: int


class SampleEntities(NamedTuple):
    """The entities a sample log's rows refer to, one dict each, keys named as in the API's record.

    offers: id, name, status. creatives: id, name, channelId, offerId. channels: id, name.
    """

    offers: Sequence[Mapping[str, str | None]]
    creatives: Sequence[Mapping[str, str | None]]
    channels: Sequence[Mapping[str, str | None]]


def sample_entities(seed: int) -> SampleEntities:
    """The offers, creatives and channels that belong to the sample log of the same seed.

    A few rows of that log name an offer or a creative that is not listed here.
    """
    plan = programme(seed)
    offers = [
        {"id": offer_id, "name": offer.name, "status": offer.status} for offer_id, offer in _offers(plan)
    ]
    creatives = [
        {
            "id": placement.creative_id,
            "name": f"{placement.offer.theme} {CHANNELS[placement.medium].format} {placement.variant}",
            "channelId": placement.channel_id,
            "offerId": placement.offer_id,
        }
        for placement in _creatives(plan)
    ]
    channels = [{"id": channel.id, "name": channel.name} for channel in CHANNELS.values()]
    return SampleEntities(offers, creatives, channels)


def placements(plan: Programme) -> list[Placement]:
    """Every placement of a programme, the creatives' first, in a fixed order."""
    return _creatives(plan) + _incomplete_placements(plan)


def _offers(plan: Programme) -> list[tuple[str, OfferProfile]]:
    return [(f"off_{number:03}", offer) for number, offer in enumerate(plan.offers, start=1)]


def _creatives(plan: Programme) -> list[Placement]:
    placed = [
        (offer, offer_id, medium, variant)
        for offer_id, offer in _offers(plan)
        for medium in offer.channels
        for variant in VARIANT_SHARES
    ]
    return [
        Placement(offer, offer_id, f"cr_{number:03}", CHANNELS[medium].id, medium, variant,
                  VARIANT_SHARES[variant] * CHANNELS[medium].share)
        for number, (offer, offer_id, medium, variant) in enumerate(placed, start=1)
    ]


def _incomplete_placements(plan: Programme) -> list[Placement]:
    """Placements that lack a creative, lack a channel too, or name an entity that is not listed."""
    incomplete = []
    for offer_id, offer in _offers(plan):
        medium = offer.channels[0]
        percent = sum(CHANNELS[each].share for each in offer.channels)
        incomplete += [
            Placement(offer, offer_id, None, CHANNELS[medium].id, medium, None, 2 * percent),
            Placement(offer, offer_id, None, None, medium, None, percent),
        ]
    first_id, first = _offers(plan)[0]
    return [
        *incomplete,
        Placement(first, first_id, "cr_900", CHANNELS["E"].id, "E", None, 90),
        Placement(UNLISTED_OFFER, "off_900", "cr_901", CHANNELS["E"].id, "E", None, 60),
        Placement(UNLISTED_OFFER, "off_900", None, CHANNELS["W"].id, "W", None, 40),
    ]
