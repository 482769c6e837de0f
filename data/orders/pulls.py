"""What the command line asks of a pull: one of them, carried out where the store is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from data.loading.transaction import Stop, Stopped
from data.pulling.source import Pull
from data.store.limits import StoreError
from data.store.store import Store

STOPPED = "The pull was stopped; what it has loaded by then stays, and the next pull goes on from there."


@dataclass(frozen=True)
class PullFailure:
    """The platform refuses the key, in its own words: to pull again would not help."""

    message: str


@dataclass(frozen=True)
class PullCommand:
    """Pull once. It takes no turn among the loads: each page waits only for whoever writes."""

    name: ClassVar[str] = "pull"

    pull: Pull

    def carry_out(self, store: Store, home: Path, tell: Callable[[Any], None], stop: Stop) -> None:
        # Imported here: other commands need not wait for what asks over HTTP.
        from data.pulling.platform import KeyRefused
        from data.pulling.pull import pulled

        try:
            tell(pulled(store, self.pull, tell, stop))
        except KeyRefused as problem:
            tell(PullFailure(str(problem)))
        except Stopped as problem:
            raise StoreError(STOPPED) from problem

