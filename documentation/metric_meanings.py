"""What an operator reads from each metric of ours. A test holds that none is missing."""

from __future__ import annotations

MEANINGS = {
    "http_request_duration_seconds": "By route: an alert on its 99th percentile is the first to make.",
    "http_requests": "A rise of status 5xx is ours, of 429 a caller's.",
    "http_requests_in_flight": "Climbs when a store gets slow.",
    "tidedesk_bulk_items": (
        "`ok`, `conflict` (a newer version was there already: no loss), `retry` (tried again later) or `dead`."
        " What a rebuild copies is not in it."
    ),
    "tidedesk_command_conflicts": (
        "`tried_again` costs a caller some milliseconds; `gave_up` is a `409` with the code `conflict.contention`."
    ),
    "tidedesk_commit_to_visible_seconds": (
        "One sentinel every `TIDEDESK_PROJECTOR_SENTINEL_S` goes the whole way; one that was not found in 30 s is"
        " counted as longer. Mostly below 1: the pause between two refreshes."
    ),
    "tidedesk_kafka_lag_records": "Near 0 at rest. One that climbs says that too few consumers share the partitions.",
    "tidedesk_kafka_reachable": (
        "0 for a minute wants a person: changes wait in the outbox. Always 0 where Kafka is not the transport."
    ),
    "tidedesk_outbox_dead": "Anything above 0 wants a person: see how to read a dead letter.",
    "tidedesk_outbox_oldest_pending_seconds": "Below 1 while everything flows; alert above 60.",
    "tidedesk_outbox_pending": (
        "Near 0 at rest. A number that only climbs says that no projector keeps up, or none " "runs."
    ),
    "tidedesk_postgres_connections": "`used` or `idle`. All used for long: see who waits.",
    "tidedesk_postgres_connections_max": "`TIDEDESK_DATABASE_POOL_MAX` for the command API.",
    "tidedesk_postgres_waiting": "Above 0 for long: Postgres is slow, or the pool too small.",
    "tidedesk_projection_lag_seconds": "Below 1 on most days; alert above 60.",
    "tidedesk_projector_batch_seconds": "Mostly the time of Elasticsearch's bulk request.",
    "tidedesk_projector_drift": (
        "Each one is put right by itself; a steady flow says that somebody else writes to the " "stores."
    ),
    "tidedesk_projector_drift_unrepaired": "Anything above 0 wants a person: `projector verify` names them.",
    "tidedesk_projector_pauses": "Rows stay pending meanwhile, no attempt is counted.",
    "tidedesk_projector_rows": (
        "`done`, `retried` (tried again later, with a growing pause), `dead`, or `published`: Kafka has it."
    ),
    "tidedesk_projector_verified_documents": "`changed` follows what was written, the others go round everything.",
    "tidedesk_projector_verified_timestamp_seconds": (
        "A time that stays the same for a day says that it does not get round."
    ),
    "tidedesk_projector_verify_seconds": "The share of this in the process's time is what verification costs.",
    "tidedesk_rebuild_documents_per_second": "0 while it is paused or catches up.",
    "tidedesk_rebuild_progress_ratio": "1 while it catches up with what was written meanwhile, and is checked.",
    "tidedesk_rebuild_running": "How far it is, the two metrics above and `projector status` say.",
    "tidedesk_redis_connects": "1 a line at the start; each one more is a loss.",
    "tidedesk_redis_unanswered": "Climbs when Redis gets slow, or is away.",
    "tidedesk_projector_versions_raised": (
        "Grows after Postgres was restored from an older backup; at any other time ask why."
    ),
}
