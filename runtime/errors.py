"""What any process can meet, whichever store or framework it uses."""

from __future__ import annotations

RETRY_AFTER_S = 2


class StoreUnavailable(Exception):
    """A store cannot be reached, or does not answer in time. The same request may succeed a little later."""

    def __init__(self, store: str, detail: str = "", *, retry_after_s: int = RETRY_AFTER_S) -> None:
        super().__init__(f"{store} is not available: {detail}" if detail else f"{store} is not available")
        self.store = store
        self.detail = detail
        self.retry_after_s = retry_after_s
