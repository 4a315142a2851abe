"""The user's own word about claims: 'I looked, it is fine', and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.catalogue import LookedClaim, utc_now
from litmap.catalogue.entries import entries
from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings


def keep_looked(settings: Settings, pairs: Sequence[tuple[str, str]]) -> None:
    """Keep that the user looked at these claims, (work, sentence), and finds them fine.

    It holds until the sentence or the work's text changes. A work that is no more in the library is
    passed over. Raises `NoLibrary`, and `Busy` while a refresh runs.
    """
    with open_to_write(settings) as catalogue:
        texts = {entry.work.id: entry.checked_text for entry in entries(catalogue)}
        now = utc_now()
        looked = [LookedClaim(w, claim, texts[w], now) for w, claim in pairs if w in texts]
        with catalogue.write():
            catalogue.put_looked(looked)


def forget_looked(settings: Settings, pairs: Sequence[tuple[str, str]]) -> None:
    """Take the user's word back for these claims. Raises `NoLibrary`, and `Busy` while a refresh
    runs.
    """
    with open_to_write(settings) as catalogue, catalogue.write():
        catalogue.forget_looked(pairs)
