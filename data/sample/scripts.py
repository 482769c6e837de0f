"""What can happen in one customer's journey with one offer: the scripts a sample log is played from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MOST_STEPS = 4


class Event(NamedTuple):
    """What one row records: interactionType, outcomeTypeKey, and the outcome's text where it has no money."""

    type: str
    outcome: str
    text: str = "{}"


EVENTS = {
    "impression": Event("impression", "impression"),
    "click": Event("click", "click"),
    "accept": Event("accept", "accept"),
    "convert": Event("convert", "convert"),
    "convert_imported": Event("convert", "conversion"),
    "conversion": Event("conversion", "conversion"),
    "dismiss": Event("dismiss", "dismiss"),
    "not_interested": Event("not_interested", "not_interested", '{"reason":"already has one"}'),
    "opt_out": Event("opt_out", "opt_out"),
    "complaint": Event("complaint", "complaint", '{"reason":"too many messages"}'),
    "deferred": Event("deferred", "deferred"),
    "defer": Event("defer", "deferred"),
    "requested_info": Event("requested_info", "requested_info", '{"topic":"terms"}'),
    "share": Event("share", "share", '{"via":"link"}'),
    "save": Event("save", "save"),
    "expired": Event("expired", "expired"),
    "recommendation": Event("recommendation", "recommendation"),
    "recommendation_unused": Event("recommendation", "not_presented"),
}
EVENT_CODES = {name: code for code, name in enumerate(EVENTS)}

# Milliseconds since the step before, at least and at most.
PAUSES = {
    "": (0, 0),
    "seconds": (1_200, 90 * SECOND),
    "minutes": (MINUTE, HOUR),
    "hours": (HOUR, 20 * HOUR),
    "days": (20 * HOUR, 9 * DAY),
    "week": (7 * DAY, 7 * DAY),
}

# For each way a journey can go, its scripts with how many of 1,000 follow them. "seconds click" is a click
# some seconds after the step before; without a pause it falls in the same millisecond.
IGNORED = (
    (616, "impression"),
    (76, "impression, hours impression"),
    (24, "impression, minutes impression, days impression"),
    (100, "impression, seconds dismiss"),
    (14, "impression, hours impression, seconds dismiss"),
    (16, "impression, seconds not_interested"),
    (4, "impression, minutes opt_out"),
    (2, "impression, hours complaint"),
    (14, "impression, seconds deferred"),
    (4, "impression, seconds defer"),
    (18, "impression, minutes requested_info"),
    (10, "impression, week expired"),
    (72, "recommendation, impression"),
    (30, "recommendation_unused"),
)
CLICKED = (
    (770, "impression, seconds click"),
    (24, "impression, click"),
    (60, "impression, hours impression, seconds click"),
    (50, "recommendation, impression, seconds click"),
    (30, "impression, seconds click, minutes click"),
    (20, "impression, seconds click, seconds save"),
    (10, "impression, seconds click, minutes share"),
    (20, "impression, seconds click, minutes requested_info"),
    (16, "impression, seconds click, seconds dismiss"),
)
FOLLOWED = (
    (430, "impression, seconds click, minutes accept"),
    (60, "impression, seconds click, days accept"),
    (150, "impression, seconds click, minutes accept, minutes convert"),
    (120, "impression, seconds click, minutes accept, days convert"),
    (50, "impression, seconds click, hours accept, days convert_imported"),
    (130, "impression, seconds click, minutes convert"),
    (40, "impression, minutes click, days convert_imported"),
    (20, "impression, seconds click, hours conversion"),
)
SCRIPTS = IGNORED + CLICKED + FOLLOWED


class _Step(NamedTuple):
    event: int
    pause: tuple[int, int]


def _steps(script: str) -> list[_Step]:
    pairs = [step.rpartition(" ") for step in script.split(", ")]
    return [_Step(EVENT_CODES[event], PAUSES[pause]) for pause, _, event in pairs]


def _padded(values: list[list[int]]) -> np.ndarray:
    return np.array([row + [0] * (MOST_STEPS - len(row)) for row in values])


_STEPS = [_steps(script) for _, script in SCRIPTS]

# Tables by script, and by script and step: arrays, so that a whole day is looked up at once.
LENGTHS = np.array([len(steps) for steps in _STEPS])
STEP_EVENTS = _padded([[step.event for step in steps] for steps in _STEPS])
STEP_SHORTEST = _padded([[step.pause[0] for step in steps] for steps in _STEPS])
STEP_LONGEST = _padded([[step.pause[1] for step in steps] for steps in _STEPS])

# URN[way, 0..999] is a script's number, as often as its share; way 0 is IGNORED, 1 CLICKED, 2 FOLLOWED.
URN = np.repeat(np.arange(len(SCRIPTS)), [share for share, _ in SCRIPTS]).reshape(3, 1000)
