"""Redis keys, but for those that runtime/ has. `namespace` keeps several stacks apart on one server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    namespace: str

    def document(self, model: str, document_id: str) -> str:
        """String: the JSON of one read model document, without its index-only fields. Expires; a miss refills."""
        return f"{self.namespace}:doc:{model}:{document_id}"

    def applied(self, aggregate_type: str) -> str:
        """Hash id -> `projection_version|aggregate_version|bucket|held` (guard.py). Nothing older replaces it.

        A reader that holds a consistency token waits until the second number reaches it and it is not held. The bucket
        is what the counters counted for this aggregate, so that a new version can take it back.
        """
        return f"{self.namespace}:applied:{aggregate_type}"

    def labels(self, kind: str) -> str:
        """Hash id -> JSON of what many documents show of one of LABEL_KINDS."""
        return f"{self.namespace}:labels:{kind}"

    @property
    def labels_changed(self) -> str:
        """String: another one after every change of any label, so that readers may keep what they have read till then.

        Not there after Redis was emptied, until a label is written."""
        return f"{self.namespace}:labels_changed"

    @property
    def counters(self) -> str:
        """Hash `dimension:value:status` -> number of tickets.

        A ticket is counted under `all:-:<status>`, `assignee:<id or none>:<status>` and `group:<id or none>:<status>`.
        """
        return f"{self.namespace}:counters"

    @property
    def filled(self) -> str:
        """String: there while guards, labels and counters are complete; without it the projector fills them again."""
        return f"{self.namespace}:filled"

    @property
    def filled_by(self) -> str:
        """String: the name of the fill that is running."""
        return f"{self.namespace}:filled:by"

    @property
    def freshness(self) -> str:
        """String: JSON, what the projector last published about how far it is."""
        return f"{self.namespace}:freshness"

    @property
    def dead_letters(self) -> str:
        """String: JSON, the newest documents that could not be projected, and how many there are."""
        return f"{self.namespace}:dead_letters"

    @property
    def events(self) -> str:
        """Stream: what changed, for subscribers (events.py). Bounded; the oldest make room."""
        return f"{self.namespace}:events"

    @property
    def verify(self) -> str:
        """String: JSON, how far the continuous verification is. Without it, it begins anew."""
        return f"{self.namespace}:verify"

    @property
    def wake(self) -> str:
        """Channel: a commit put rows into the outbox. Best effort; the projector polls anyway."""
        return f"{self.namespace}:wake"


LABEL_KINDS = ("user", "group", "organization", "category", "ticket_field", "view")

# By-id documents may be evicted or expire: what is asked for often comes back from Elasticsearch in one GET.
DOCUMENT_TTL_S = 7 * 24 * 3600
