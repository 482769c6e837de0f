"""An OpenID provider that runs here, over TLS, and holds its clients to PKCE."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import parse_qs, urlsplit

import requests
import trustme
from oidc_provider_mock import User, app
from werkzeug.serving import make_server


class HoldingToPkce:
    """Lets a code be used by whoever knows what its challenge was made of, once, which the provider itself does not ask."""

    def __init__(self, provider) -> None:
        self._provider = provider
        self.challenges: set[str] = set()
        self.checked = 0

    def __call__(self, environment, start):
        if environment["PATH_INFO"] == "/oauth2/authorize":
            asked = parse_qs(environment["QUERY_STRING"])
            assert asked["code_challenge_method"] == ["S256"]
            self.challenges.add(asked["code_challenge"][0])
        elif environment["PATH_INFO"] == "/oauth2/token":
            body = environment["wsgi.input"].read(int(environment["CONTENT_LENGTH"]))
            environment["wsgi.input"] = BytesIO(body)
            verifier = parse_qs(body.decode()).get("code_verifier", [""])[0]
            challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            if challenge not in self.challenges:
                start("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
            self.challenges.remove(challenge)
            self.checked += 1
        return self._provider(environment, start)


class OpenIdProvider:
    """A running provider; `certificate` is the file of the authority behind its own."""

    def __init__(self, issuer: str, certificate: Path, pkce: HoldingToPkce) -> None:
        self.issuer = issuer
        self.certificate = certificate
        self.pkce = pkce

    def know(self, subject: str, **claims: object) -> None:
        """Know a person, or know them otherwise from now on."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, verify=str(self.certificate), timeout=10).raise_for_status()

    def agree(self, address: str, subject: str) -> str:
        """The address to which a person is sent back who agrees to a sign-in."""
        answer = requests.post(address, data={"sub": subject}, verify=str(self.certificate), timeout=10, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


@contextmanager
def openid_provider(folder: Path) -> Iterator[OpenIdProvider]:
    authority = trustme.CA()
    certificate = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    pkce = HoldingToPkce(app(require_nonce=True, user_claims=[User(sub="nobody")]))
    server = make_server("localhost", 0, pkce, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield OpenIdProvider(f"https://localhost:{server.server_port}", certificate, pkce)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parameters_of(address: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
