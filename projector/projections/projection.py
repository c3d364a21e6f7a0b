"""What a projection is: one SQL statement that turns aggregate ids into the documents of one read model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from read_models.analysis import LANGUAGE_ANALYZERS, UNDETERMINED
from read_models.model import ReadModel

# A deleted aggregate has no row any more; the version of its last event orders the tombstone for waiting readers.
LAST_VERSION = "(SELECT max(e.version) FROM domain_events e WHERE e.aggregate_id = r.id)"


@dataclass(frozen=True)
class Projection:
    """`rows` selects, for every id in $1, also the missing ones:

    document_id text, NULL where an aggregate has no document at all; aggregate_id uuid, the id it was asked by;
    aggregate_version bigint; root_id uuid, the aggregate whose version covers this one, or NULL; bucket text, what the
    counters count it under, or NULL; core json or text, what is stored and shown, NULL where there is nothing to show
    (then the document becomes a tombstone); extra, what is only for the index, NULL where the model has no such fields.
    """

    model: ReadModel
    rows: str
    # The tables whose ids a rebuild goes through, or a condition on one of them.
    sources: tuple[str, ...]
    # A history document belongs to an event; all others to an aggregate.
    by_event: bool = False
    # Rows (id, version) of the documents that there must be, where that is not one for each row of the sources.
    documents: str | None = None
    # Its rows have one column more: `deciding`, text, what decides who may know of a change; NULL where nobody can say.
    decides: bool = False

    @property
    def name(self) -> str:
        return self.model.name

    @cached_property
    def keys_sql(self) -> str:
        """Parameters: id to go on after, last id or NULL, limit."""
        return f"""
SELECT id FROM ({self._all_keys}) AS keys WHERE id > $1 AND ($2::uuid IS NULL OR id <= $2) ORDER BY id LIMIT $3"""

    @cached_property
    def extent_sql(self) -> str:
        """How many ids there are, and the last."""
        return f"""
SELECT (SELECT count(*) FROM ({self._all_keys}) AS keys) AS total,
    (SELECT id FROM ({self._all_keys}) AS keys ORDER BY id DESC LIMIT 1) AS last_id"""

    @cached_property
    def sums_sql(self) -> str:
        """Parameter: ids uuid[]. Of all their documents in one row."""
        return f"""
SELECT count(*) AS count, COALESCE(sum({_HIGH}), 0)::bigint AS high, COALESCE(sum({_LOW}), 0)::bigint AS low
FROM ({self.rows} OFFSET 0) AS row {_BODY} {_DIGEST} WHERE row.document_id IS NOT NULL AND digest.digest IS NOT NULL"""

    @cached_property
    def versions_sql(self) -> str:
        """Parameters: id to go on after, last id. Number and versions of the documents, without building any."""
        documents = self.documents or " UNION ALL ".join(f"SELECT id, version FROM {source}" for source in self.sources)
        return f"""
SELECT count(*) AS count, COALESCE(sum(version), 0)::bigint AS versions
FROM ({documents}) AS documents WHERE id > $1 AND id <= $2"""

    @cached_property
    def end_sql(self) -> str:
        """Parameters: id to go on after, number of ids. The last id of a range of so many, if there are."""
        return f"SELECT id FROM ({self._all_keys}) AS keys WHERE id > $1 ORDER BY id OFFSET $2 - 1 LIMIT 1"

    @property
    def _all_keys(self) -> str:
        return " UNION ALL ".join(f"SELECT id FROM {source}" for source in self.sources)

    @cached_property
    def source_sql(self) -> str:
        """Parameters: ids uuid[], whether `stored` (the copy for Redis) is wanted.

        Pieces are joined as bytea: cutting text would walk its characters one by one.
        """
        return f"""
SELECT row.document_id, row.aggregate_id, row.aggregate_version, row.root_id, row.bucket,
    {"row.deciding" if self.decides else "NULL::text"} AS deciding,
    head.head || substring(body.body FOR octet_length(body.body) - 1) || tail.tail AS source,
    CASE WHEN $2::boolean THEN head.head || substring(textsend(row.core::text) FROM 2) END AS stored
FROM ({self.rows} OFFSET 0) AS row {_BODY} {_DIGEST} {_HEAD} {_TAIL}"""

    @cached_property
    def bulk_sql(self) -> str:
        """Parameters: ids uuid[], index, version, bytes of a piece. Requests for `_bulk`, ready to be sent.

        Of so many documents each, with the sums of their digests. A piece is as long as was asked for, and up to one
        document longer; the statement holds one at a time.
        """
        return f"""
SELECT string_agg(item, '') AS body, count(*) AS documents, sum(high)::bigint AS high, sum(low)::bigint AS low
FROM (
    SELECT item.item, {_HIGH} AS high, {_LOW} AS low,
        sum(octet_length(item.item)) OVER (ROWS UNBOUNDED PRECEDING) / $4::bigint AS piece
    FROM ({self.rows} OFFSET 0) AS row {_BODY} {_DIGEST} {_HEAD} {_TAIL}
    CROSS JOIN LATERAL (
        SELECT textsend(concat(
            '{{"index":{{"_index":"', $2::text, '","_id":"', row.document_id, '","version":', $3::bigint,
            ',"version_type":"external"}}}}', chr(10)
        )) || head.head || substring(body.body FOR octet_length(body.body) - 1) || tail.tail || '\x0a'::bytea AS item
        OFFSET 0
    ) AS item
    WHERE row.document_id IS NOT NULL AND digest.digest IS NOT NULL
) AS items GROUP BY piece"""

    @cached_property
    def digest_sql(self) -> str:
        """Parameter: ids uuid[]. What verify compares, without sending the documents.

        `digest` is of the document, `stored_digest` of all bytes of the copy in Redis.
        """
        return f"""
SELECT row.document_id, row.aggregate_id, row.aggregate_version, row.bucket, digest.digest,
    octet_length(body.body) AS size_bytes, md5(head.head || substring(textsend(row.core::text) FROM 2)) AS stored_digest
FROM ({self.rows} OFFSET 0) AS row {_BODY} {_DIGEST} {_HEAD}"""


# The document without its digest and its opening brace: the part for the index first, then what is stored.
_BODY = r"""
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN row.extra IS NULL THEN substring(textsend(row.core::text) FROM 2)
        ELSE substring(textsend(row.extra::text) FROM 2 FOR octet_length(row.extra::text) - 2) || '\x2c20'::bytea
            || substring(textsend(row.core::text) FROM 2)
    END AS body OFFSET 0
) AS body"""
# Of the whole document as if it had no digest.
_DIGEST = r"CROSS JOIN LATERAL (SELECT md5('\x7b'::bytea || body.body) AS digest OFFSET 0) AS digest"

_HEAD = """CROSS JOIN LATERAL (SELECT textsend('{"digest": "' || digest.digest || '", ') AS head OFFSET 0) AS head"""
# What an index can add up: its sums over a range of documents against those of Postgres.
_HIGH, _LOW = (f"('x' || substr(digest.digest, {place}, 8))::bit(32)::bigint" for place in (1, 9))
_TAIL = f"""CROSS JOIN LATERAL (
    SELECT textsend(', "digest_high" : ' || {_HIGH} || ', "digest_low" : ' || {_LOW} || '}}') AS tail OFFSET 0
) AS tail"""


def language_of(locale: str) -> str:
    """SQL: the primary subtag of a locale column, where there is an analyzer for it."""
    languages = ", ".join(f"'{language}'" for language in LANGUAGE_ANALYZERS)
    return (
        f"CASE WHEN split_part({locale}, '-', 1) IN ({languages}) THEN split_part({locale}, '-', 1)"
        f" ELSE '{UNDETERMINED}' END"
    )


def json_text(value: str) -> str:
    """SQL: a value as json_build_object would write it."""
    return f"COALESCE(to_json({value})::text, 'null')"


def quoted(value: str) -> str:
    """SQL: arguments of concat() for a value that is there and needs no escaping."""
    return f"""'"', {value}, '"'"""


def members(values: Mapping[str, str]) -> str:
    """SQL: arguments of concat() that make the inside of an object out of further ones: JSON text, not NULL.

    The same bytes as json_build_object makes, in half the time: that one asks the catalogue anew for the type of every
    argument of every row, and copies what is nested once more for each object around it.
    """
    return ", ', ', ".join(f"""'"{name}" : ', {value}""" for name, value in values.items())


def only_if_there(name: str, value: str) -> str:
    """SQL: one more argument of concat() after members(): nothing at all where the text is NULL."""
    return f"""CASE WHEN {value} IS NOT NULL THEN concat(', "{name}" : ', to_json({value})) END"""


def columns(table: str, names: Iterable[str]) -> dict[str, str]:
    """Members that copy columns under their own names."""
    return {name: json_text(f"{table}.{name}") for name in names}
