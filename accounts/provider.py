"""An OpenID provider that vouches for people: how it is asked, and what it says of whoever comes back from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from accounts.identity import Vouched
from accounts.settings import ProviderSettings

_PATIENCE_S = 10
_KEPT_S = 3600
# Of public keys alone: with a shared secret whoever knows it could make tokens.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_S = 60


class Refused(Exception):
    """The provider, or what it says of a person, lets nobody in; the message says why, for a log."""


@dataclass(frozen=True)
class Errand:
    """What a browser that was sent to the provider has to bring back, and where it wanted to go."""

    state: str
    nonce: str
    verifier: str
    destination: str


class Provider:
    """The client of an OpenID provider: the code flow with PKCE, state and nonce. Its calls wait for the network."""

    def __init__(self, settings: ProviderSettings, now: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}

    def way_there(self, errand: Errand, come_back_to: str) -> str:
        """The provider's address to which a browser is sent."""
        try:
            address, _ = self._session(come_back_to).create_authorization_url(
                self._metadata()["authorization_endpoint"], state=errand.state, nonce=errand.nonce, code_verifier=errand.verifier)
        except (AuthlibBaseError, RequestException, KeyError, ValueError) as problem:
            raise Refused(f"the provider cannot be asked: {problem}") from problem
        return address

    def vouched(self, errand: Errand, came_back: str, come_back_to: str) -> Vouched:
        """Whom the provider vouches for to a browser that came back to an address with a code."""
        try:
            with self._session(come_back_to) as session:
                token = session.fetch_token(self._metadata()["token_endpoint"], authorization_response=came_back, state=errand.state,
                                            code_verifier=errand.verifier, timeout=_PATIENCE_S)
                claims = self._claims(token["id_token"], errand.nonce)
                return self._meaning(self._more(session, claims))
        except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError) as problem:
            raise Refused(f"the provider's answer does not hold: {problem or type(problem).__name__}") from problem

    def _session(self, come_back_to: str) -> OAuth2Session:
        return OAuth2Session(self.settings.client, self.settings.secret, scope="openid email profile", redirect_uri=come_back_to,
                             code_challenge_method="S256", default_timeout=_PATIENCE_S)

    def _metadata(self) -> Mapping[str, Any]:
        found = self._fetched(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.settings.issuer:
            raise Refused(f"the provider calls itself {found.get('issuer')!r}, not {self.settings.issuer!r}")
        return found

    def _fetched(self, address: str, anew: bool = False) -> Any:
        with self._lock:
            until, found = self._kept.get(address, (0.0, None))
            if anew or until < self._now():
                with OAuth2Session(default_timeout=_PATIENCE_S) as session:
                    answer = session.get(address, withhold_token=True)
                answer.raise_for_status()
                found = answer.json()
                self._kept[address] = (self._now() + _KEPT_S, found)
        return found

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        """What an ID token says, once its signature, issuer, audience, nonce and times are right."""
        keys = self._metadata()["jwks_uri"]
        try:
            decoded = jwt.decode(id_token, KeySet.import_key_set(self._fetched(keys)), algorithms=list(_ALGORITHMS))
        except (JoseError, ValueError):
            # Providers change their keys.
            decoded = jwt.decode(id_token, KeySet.import_key_set(self._fetched(keys, anew=True)), algorithms=list(_ALGORITHMS))
        client = self.settings.client
        jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()), leeway=_LEEWAY_S, iss={"essential": True, "value": self.settings.issuer}, sub={"essential": True},
            aud={"essential": True, "value": client}, exp={"essential": True}, nonce={"essential": True, "value": nonce},
        ).validate(decoded.claims)
        if decoded.claims.get("azp", client) != client:
            raise Refused("the token was made for another client")
        return decoded.claims

    def _more(self, session: OAuth2Session, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims with those that the provider tells only when asked."""
        asked = self._metadata().get("userinfo_endpoint")
        if asked is None or {"email", self.settings.tenant_claim, self.settings.role_claim} <= claims.keys():
            return claims
        answer = session.get(asked)
        answer.raise_for_status()
        told = answer.json()
        if told.get("sub") != claims["sub"]:
            raise Refused("the provider tells of another person")
        return told | claims

    def _meaning(self, claims: dict[str, Any]) -> Vouched:
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is False:
            raise Refused("the provider names no e-mail that it has verified")
        tenants = {self.settings.tenants[value] for value in _values(claims.get(self.settings.tenant_claim)) if value in self.settings.tenants}
        roles = [self.settings.roles[value] for value in _values(claims.get(self.settings.role_claim)) if value in self.settings.roles]
        if len(tenants) != 1:
            raise Refused(f"the claim {self.settings.tenant_claim} leads to {len(tenants) or 'no'} tenants")
        if not roles:
            raise Refused(f"the claim {self.settings.role_claim} leads to no role")
        return Vouched(self.settings.issuer, str(claims["sub"]), email, tenants.pop(), max(roles))


def _values(claim: object) -> list[str]:
    return [str(value) for value in (claim if isinstance(claim, list) else [] if claim is None else [claim])]
