"""What a projection is: one SQL statement that turns aggregate ids into the documents of one read model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from read_models.analysis import LANGUAGE_ANALYZERS, UNDETERMINED
from read_models.model import ReadModel

# SQL: of concat(), one after the other.
Arguments: TypeAlias = "tuple[str, ...]"

# A deleted aggregate has no row any more; the version of its last event orders the tombstone for waiting readers.
LAST_VERSION = "(SELECT max(e.version) FROM domain_events e WHERE e.aggregate_id = r.id)"


@dataclass(frozen=True)
class Projection:
    """`rows` selects, for every id in $1, also the missing ones:

    document_id text, NULL where an aggregate has no document at all; aggregate_id uuid, the id it was asked by;
    aggregate_version bigint; root_id uuid, the aggregate whose version covers this one, or NULL; bucket text, what the
    counters count it under, or NULL; core, an object of JSON as bytea, what is stored and shown, NULL where there is
    nothing to show (then the document becomes a tombstone); extra, another one, what is only for the index, NULL where
    the model has no such fields.

    Long texts are bytea from the moment they are escaped (json_send): each concat() copies them three times more.
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
SELECT count(*) AS count, COALESCE(sum(high), 0)::bigint AS high, COALESCE(sum(low), 0)::bigint AS low
FROM {self._digested} AS row WHERE document_id IS NOT NULL AND digest IS NOT NULL"""

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
SELECT document_id, aggregate_id, aggregate_version, root_id, bucket,
    {"deciding" if self.decides else "NULL::text"} AS deciding,
    textsend({_HEAD}) || {_INSIDE} || textsend(concat({_TAIL})) AS source,
    CASE WHEN $2::boolean THEN textsend({_HEAD}) || substring(core FROM 2) END AS stored
FROM {self._digested} AS row"""

    @cached_property
    def bulk_sql(self) -> str:
        """Parameters: ids uuid[], index, version, bytes of a piece. Requests for `_bulk`, ready to be sent.

        Of so many documents each, with the sums of their digests. A piece is as long as was asked for, and up to one
        document longer; the statement holds one at a time.
        """
        return f"""
SELECT string_agg(item, '') AS body, count(*) AS documents, sum(high)::bigint AS high, sum(low)::bigint AS low
FROM (
    SELECT item, high, low, sum(octet_length(item)) OVER (ROWS UNBOUNDED PRECEDING) / $4::bigint AS piece
    FROM (
        SELECT high, low, textsend(concat(
            '{{"index":{{"_index":"', $2::text, '","_id":"', document_id, '","version":', $3::bigint,
            ',"version_type":"external"}}}}', chr(10), {_HEAD}
        )) || {_INSIDE} || textsend(concat({_TAIL}, chr(10))) AS item
        FROM {self._digested} AS row WHERE document_id IS NOT NULL AND digest IS NOT NULL OFFSET 0
    ) AS item
) AS items GROUP BY piece"""

    @cached_property
    def digest_sql(self) -> str:
        """Parameter: ids uuid[]. What verify compares, without sending the documents.

        `digest` is of the document, `stored_digest` of all bytes of the copy in Redis.
        """
        return f"""
SELECT document_id, aggregate_id, aggregate_version, bucket, digest, octet_length(body) - 1 AS size_bytes,
    md5(textsend({_HEAD}) || substring(core FROM 2)) AS stored_digest
FROM {self._digested} AS row"""

    @property
    def _digested(self) -> str:
        """`rows` with more columns: body, the whole document as if it had no digest; digest; and high and low, which an
        index can add up, for its sums over a range of documents against those of Postgres.

        One SELECT around the other, each worked out once a row. As joins their results would be remembered by their
        arguments, which are whole documents.
        """
        high, low = (f"('x' || substr(digest, {place}, 8))::bit(32)::bigint" for place in (1, 9))
        return f"""(
    SELECT digested.*, {high} AS high, {low} AS low FROM (
        SELECT whole.*, md5(body) AS digest FROM (
            SELECT row.*, {_BODY} AS body FROM ({self.rows} OFFSET 0) AS row OFFSET 0
        ) AS whole OFFSET 0
    ) AS digested OFFSET 0
)"""


# What is only for the index first, then what is stored.
_BODY = """CASE
        WHEN extra IS NULL THEN core
        ELSE substring(extra FOR octet_length(extra) - 1) || ', '::bytea || substring(core FROM 2)
    END"""
_HEAD = """'{"digest": "' || digest || '", '"""
_INSIDE = "substring(body FROM 2 FOR octet_length(body) - 2)"
# Arguments of concat().
_TAIL = """', "digest_high" : ', high, ', "digest_low" : ', low, '}'"""


def language_of(locale: str) -> str:
    """SQL: the primary subtag of a locale column, where there is an analyzer for it."""
    languages = ", ".join(f"'{language}'" for language in LANGUAGE_ANALYZERS)
    return (
        f"CASE WHEN split_part({locale}, '-', 1) IN ({languages}) THEN split_part({locale}, '-', 1)"
        f" ELSE '{UNDETERMINED}' END"
    )


def json_text(value: str) -> str:
    """SQL: an argument of concat(), a value as json_build_object would write it."""
    return f"COALESCE(to_json({value}), 'null')"


def quoted(value: str) -> Arguments:
    """A value that is there and needs no escaping."""
    return ("'\"'", value, "'\"'")


def members(values: Mapping[str, str | Arguments]) -> str:
    """SQL: arguments of concat() that make the inside of an object out of JSON that is not NULL.

    The same bytes as json_build_object makes, in half the time: that one asks the catalogue anew for the type of every
    argument of every row, and copies what is nested once more for each object around it. What it says itself between
    two values is one argument, because each is copied twice.
    """
    arguments: list[str] = []
    for name, value in values.items():
        named = f"""'{", " if arguments else ""}"{name}" : '"""
        for argument in (named, *((value,) if isinstance(value, str) else value)):
            if arguments and _is_literal(arguments[-1]) and _is_literal(argument):
                arguments[-1] = arguments[-1][:-1] + argument[1:]
            else:
                arguments.append(argument)
    return ", ".join(arguments)


def _is_literal(argument: str) -> bool:
    return argument[0] == argument[-1] == "'" and argument.count("'") == 2


def only_if_there(name: str, value: str) -> str:
    """SQL: one more argument of concat() after members(): nothing at all where the text is NULL."""
    return f"""CASE WHEN {value} IS NOT NULL THEN concat(', "{name}" : ', to_json({value})) END"""


def columns(table: str, names: Iterable[str]) -> dict[str, str]:
    """Members that copy columns under their own names."""
    return {name: json_text(f"{table}.{name}") for name in names}
