from __future__ import annotations

import pytest

from accounts.settings import AccessSettings
from data.store.limits import StoreError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@pytest.mark.parametrize(("environment", "settings"), [
    ({}, AccessSettings(8 * 3600, 7 * 86400, LOOPBACK)),
    ({"HOST": "127.0.0.1"}, AccessSettings(hosts=LOOPBACK)),
    ({"HOST": "0.0.0.0"}, AccessSettings()),
    ({"HOST": "0.0.0.0", "IH_HOSTS": "History.example.com, h2"}, AccessSettings(hosts=("history.example.com", "h2"))),
    ({"IH_HOSTS": "a.example"}, AccessSettings(hosts=("a.example",))),
    ({"HOST": "::", "IH_SESSION_IDLE": "30m", "IH_SESSION_LONGEST": "2d"}, AccessSettings(1800, 2 * 86400)),
    ({"HOST": "::", "IH_PROXIES": "10.0.0.7 10.1.0.0/16,2001:db8::/64"}, AccessSettings(proxies=("10.0.0.7", "10.1.0.0/16", "2001:db8::/64"))),
])
def test_the_settings_of_an_environment(environment: dict[str, str], settings: AccessSettings) -> None:
    assert AccessSettings.of(environment) == settings


@pytest.mark.parametrize(("name", "value"), [
    ("IH_SESSION_IDLE", "0m"), ("IH_SESSION_IDLE", "8"), ("IH_SESSION_LONGEST", "-1d"), ("IH_SESSION_LONGEST", "forever"),
    ("IH_PROXIES", "proxy.example"), ("IH_PROXIES", "10.0.0.1/8"), ("IH_PROXIES", "*"),
])
def test_a_setting_that_cannot_be_read_is_named_with_what_was_given(name: str, value: str) -> None:
    with pytest.raises(StoreError, match=f"^{name} .*not {value!r}".replace("*", r"\*").replace(r".\*", ".*")):
        AccessSettings.of({name: value})
