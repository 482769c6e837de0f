"""What other systems call the fields, in English or German, and which of their words mean a type that counts."""

from __future__ import annotations

import re

# Field → the names for it, the nearest first, as words.
NAMES: dict[str, tuple[str, ...]] = {
    "timestamp": (
        "timestamp", "event timestamp", "event time", "outcome time", "event date", "event datetime", "interaction time", "interaction date",
        "occurred at", "occurred", "occurred on", "ts", "time", "date time", "created at", "created", "created on", "create time", "date created",
        "sent at", "send date", "sent date", "logged at", "log time", "server time", "client time", "decision time", "original timestamp",
        "invoice date", "order date", "date", "when", "at", "day", "received at", "processed at", "updated at",
        "zeitstempel", "zeitpunkt", "datum", "uhrzeit", "zeit",
    ),
    "interactionType": (
        "interaction type", "event type", "event name", "event", "action type", "action", "activity type", "activity", "outcome", "outcome type",
        "interaction", "type", "response type", "response", "result", "hit type", "verb", "kind", "status", "disposition", "behavior", "name",
        "ereignis", "aktion", "reaktion", "ergebnis",
    ),
    "id": (
        "id", "interaction id", "event id", "fact id", "event uuid", "uuid", "guid", "insert id", "message id", "log id", "hit id", "record id",
        "row id", "unique id", "activity id", "action id", "transaction id", "key",
        "vorgangs id", "vorgangs nummer", "ereignis id",
    ),
    "customerId": (
        "customer id", "customer", "user id", "contact id", "contact key", "subscriber key", "subscriber id", "subject id", "visitor id",
        "person id", "profile id", "member id", "distinct id", "external user id", "external id", "party id", "individual id", "guest id",
        "consumer id", "lead id", "account id", "client id", "household id", "subscriber", "contact", "visitor", "person", "user", "member",
        "profile", "recipient", "uid", "user pseudo id", "pseudo id", "anonymous id", "ecid", "cookie id", "device id", "email address",
        "email", "msisdn", "phone", "customer key", "user key", "customer number", "customer no",
        "kunden id", "kunden nummer", "kunde", "empfaenger", "empfänger",
    ),
    "offerId": (
        "offer id", "offer", "action id", "proposition id", "proposition", "promotion id", "promo id", "promotion", "campaign id", "campaign",
        "email campaign id", "banner id", "banner", "item id", "item", "product id", "product", "sku", "stock code", "article id", "content id",
        "send id", "job id", "campaign name", "offer name", "promotion name", "product name", "message name", "ad id", "ad",
        "mailing id", "mailing", "delivery id", "delivery", "angebots id", "angebot", "kampagnen id", "kampagne", "artikel nummer", "artikel",
    ),
    "creativeId": (
        "creative id", "creative", "treatment id", "treatment", "variant id", "variant", "variation id", "message variation id", "template id",
        "template", "creative name",
    ),
    "channelId": ("channel id", "channel", "channel name", "medium", "platform", "channel type", "kanal"),
    "direction": ("direction", "richtung"),
    "outcome.conversionValue": (
        "conversion value", "revenue", "purchase revenue", "order value", "order total", "order amount", "amount", "sales", "turnover", "value",
        "total", "price", "gmv",
        "umsatz", "bestellwert", "betrag", "wert",
    ),
}

_TYPES: dict[str, tuple[str, ...]] = {
    "impression": ("impression", "impressions", "view", "viewed", "views", "open", "opened", "opens", "shown", "show", "displayed", "display",
                   "exposure", "exposed", "seen", "rendered", "ansicht", "angezeigt", "angesehen", "gesehen", "geöffnet", "öffnung"),
    "click": ("click", "clicked", "clicks", "tap", "tapped", "select", "selected", "clickthrough", "klick", "geklickt", "angeklickt"),
    "accept": ("accept", "accepted", "accepts", "angenommen", "akzeptiert"),
    "dismiss": ("dismiss", "dismissed", "reject", "rejected", "decline", "declined", "closed", "abgelehnt", "ablehnung"),
    "convert": ("convert", "converted", "conversion", "conversions", "purchase", "purchased", "order", "ordered", "transaction", "bought", "buy",
                "sale", "kauf", "gekauft", "bestellung", "bestellt"),
}

_TYPE_OF = {word: type for type, words in _TYPES.items() for word in words}


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, small: those of `pxFactID` are px, fact, id."""
    parted = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", name)
    return tuple(re.findall(r"[^\W_]+", parted.casefold()))


def type_meant(word: str) -> str | None:
    """The type that a source's word means, where just one comes to mind."""
    types = {_TYPE_OF[part] for part in words_of(word) if part in _TYPE_OF}
    return types.pop() if len(types) == 1 else None


# Words that say as little as `id` behind the name of what has one.
_NUMBERS = {"id", "no", "nr", "number", "nummer", "num", "key", "code", "ref", "reference"}


def nearness(name: str, field: str) -> int:
    """How near a column's name comes to a field's names, up to 1000; 0 where it does not."""
    words = words_of(name)
    best = _nearness(words, field)
    if not best and len(words) > 1 and words[-1] in _NUMBERS and field.endswith("Id"):
        best = max(_nearness((*words[:-1], "id"), field), _nearness(words[:-1], field)) // 2
    return best


def _nearness(words: tuple[str, ...], field: str) -> int:
    best = 0
    for rank, synonym in enumerate(NAMES[field]):
        parts = tuple(synonym.split())
        if "".join(words) == "".join(parts):
            best = max(best, 1000 - 5 * rank)
        elif len(words) > len(parts) and words[-len(parts):] == parts:
            best = max(best, 600 - 5 * rank)
        elif len(parts) > 1 and len(words) > len(parts) and words[:len(parts)] == parts:
            best = max(best, 300 - 5 * rank)
    return best
