from __future__ import annotations

import hashlib
import re

from accounts.keys import digest, new_secret


def test_a_secret_has_its_prefix_and_32_random_url_safe_bytes() -> None:
    assert re.fullmatch(r"krn_[A-Za-z0-9_-]{43}", new_secret("krn_"))


def test_no_two_secrets_are_alike() -> None:
    assert len({new_secret() for _ in range(1000)}) == 1000


def test_a_digest_is_the_sha_256_of_the_secret() -> None:
    assert digest("krn_abc") == hashlib.sha256(b"krn_abc").digest()
