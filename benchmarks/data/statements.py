"""SQL that makes the data. Everything follows from a ticket's place `i`, so a size always gives the same rows."""

from __future__ import annotations

from benchmarks.data.words import VOCABULARY

AGENTS = 200
GROUPS = 20
# As long as a token may live; nobody has to refresh one in the middle of a measurement.
SESSION_DAYS = 30

FUNCTIONS = """
CREATE FUNCTION bench_unit(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(i, salt) & 4294967295) / 4294967296.0::float8 $$;
CREATE FUNCTION bench_below(i bigint, salt bigint, ceiling bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(i, salt) & 4294967295) % ceiling $$;
CREATE FUNCTION bench_id(kind text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT overlay(overlay(md5(kind || i) PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid $$;
CREATE FUNCTION bench_time_id(kind text, i bigint, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
    || overlay(overlay(substr(md5(kind || i), 13) PLACING '7' FROM 1) PLACING '8' FROM 5))::uuid $$;
CREATE FUNCTION bench_opened(i bigint, total bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT '2025-01-01T00:00:00Z'::timestamptz + i * (interval '600 days' / total) $$;
"""

# A word of rank k comes 1/k as often as the first one (Zipf): the rank of a draw is VOCABULARY ^ u.
_DRAWN_WORDS = f"""
SELECT text.id, string_agg(bench_words.word, ' ' ORDER BY place.n) AS text
FROM generate_series(0, {{pieces}} - 1) AS text (id)
CROSS JOIN generate_series(1, {{words}}) AS place (n)
JOIN bench_words ON bench_words.rank = floor(power({VOCABULARY}, bench_unit(text.id * 100 + place.n, {{salt}})))::int
GROUP BY text.id"""

_TAGS = """
CREATE UNLOGGED TABLE bench_tags AS
SELECT draw.id, ARRAY(
    SELECT DISTINCT 'tag-' || floor(power(40, bench_unit(draw.id * 10 + place.n, 3)))::int
    FROM generate_series(1, bench_below(draw.id, 4, 4)) AS place (n)
) AS tags
FROM generate_series(0, 1023) AS draw (id)"""


def texts(pieces: int) -> tuple[str, ...]:
    """What messages, of about 400 bytes each, and subjects are put together from."""
    return (
        f"CREATE UNLOGGED TABLE bench_pieces AS {_DRAWN_WORDS.format(words=67, salt=1, pieces=pieces)}",
        f"CREATE UNLOGGED TABLE bench_subjects AS {_DRAWN_WORDS.format(words=7, salt=2, pieces=pieces)}",
        _TAGS,
        "ANALYZE bench_pieces, bench_subjects, bench_tags",
    )


# Parameters of people: how many customers, how many organizations.
ORGANIZATIONS = """
INSERT INTO organizations (id, name, domains, shares_tickets, version, created_at, updated_at)
SELECT bench_id('organization', i), 'Organization ' || i, ARRAY['org' || i || '.example'], i % 10 = 0, 1, now(), now()
FROM generate_series(0, $1::bigint - 1) AS i"""
TEAMS = f"""
INSERT INTO groups (id, name, description, version, created_at, updated_at)
SELECT bench_id('group', i), 'Team ' || i, '', 1, now(), now() FROM generate_series(0, {GROUPS} - 1) AS i"""
STAFF = f"""
INSERT INTO users (id, name, email, role, version, created_at, updated_at)
SELECT bench_id('agent', i), 'Agent ' || i, 'agent' || i || '@desk.example', 'agent', 1, now(), now()
FROM generate_series(0, {AGENTS} - 1) AS i"""
MEMBERSHIPS = f"""
INSERT INTO user_groups (user_id, group_id)
SELECT bench_id('agent', i), bench_id('group', i % {GROUPS}) FROM generate_series(0, {AGENTS} - 1) AS i"""
SESSIONS = f"""
INSERT INTO sessions (id, user_id, last_used_at, expires_at, version, created_at, updated_at)
SELECT bench_id('session', i), bench_id('agent', i), now(), now() + interval '{SESSION_DAYS} days', 1, now(), now()
FROM generate_series(0, {AGENTS} - 1) AS i"""
CUSTOMERS = """
INSERT INTO users (id, name, email, role, organization_id, locale, version, created_at, updated_at)
SELECT bench_id('customer', i), 'Customer ' || i, 'customer' || i || '@org' || i % $2 || '.example', 'customer',
    bench_id('organization', i % $2), 'en', 1, now(), now()
FROM generate_series(0, $1::bigint - 1) AS i"""

# Parameters: first place, last place; how many tickets, customers, organizations and pieces of text there are in all.
TICKETS = f"""
INSERT INTO tickets (
    id, number, subject, status, priority, type, requester_id, assignee_id, group_id, organization_id, tags,
    custom_fields, locale, channel, message_count, first_response_at, solved_at, version, created_at, updated_at
)
SELECT
    bench_time_id('ticket', i, opened.at), i, subject.text,
    CASE WHEN stage < 0.5 THEN 'closed' WHEN stage < 0.75 THEN 'solved' WHEN stage < 0.87 THEN 'open'
        WHEN stage < 0.93 THEN 'pending' WHEN stage < 0.98 THEN 'new' ELSE 'on_hold' END,
    CASE WHEN urgency < 0.15 THEN 'low' WHEN urgency < 0.8 THEN 'normal' WHEN urgency < 0.95 THEN 'high'
        ELSE 'urgent' END,
    (ARRAY['question', 'incident', 'problem', 'task', NULL, NULL])[1 + bench_below(i, 12, 6)],
    bench_id('customer', customer.place),
    CASE WHEN stage < 0.93 THEN bench_id('agent', bench_below(i, 14, {AGENTS})) END,
    bench_id('group', floor(power({GROUPS}, bench_unit(i, 15)))::bigint - 1),
    bench_id('organization', customer.place % $5),
    bench_tags.tags, '{{}}',
    (ARRAY['en', 'en', 'en', 'en', 'en', 'en', 'de', 'fr', 'es', NULL])[1 + bench_below(i, 17, 10)],
    (ARRAY['email', 'email', 'web', 'api'])[1 + bench_below(i, 18, 4)], 3,
    opened.at + interval '1 hour', CASE WHEN stage < 0.75 THEN opened.at + interval '1 day' END,
    1, opened.at, opened.at + interval '1 day' * bench_unit(i, 19)
FROM generate_series($1::bigint, $2::bigint) AS i
CROSS JOIN LATERAL (SELECT bench_opened(i, $3::bigint) AS at OFFSET 0) AS opened
CROSS JOIN LATERAL (SELECT bench_below(i, 13, $4::bigint) AS place OFFSET 0) AS customer
CROSS JOIN LATERAL (SELECT bench_unit(i, 10) AS stage, bench_unit(i, 11) AS urgency OFFSET 0) AS drawn
JOIN bench_subjects AS subject ON subject.id = bench_below(i, 20, $6::bigint)
JOIN bench_tags ON bench_tags.id = bench_below(i, 21, 1024)"""

# The same parameters without organizations.
# The opening of about 800 bytes, an answer of 400 by an agent, and 400 again by the customer.
MESSAGES = f"""
INSERT INTO messages (id, ticket_id, position, author_id, visibility, body, created_at)
SELECT
    bench_time_id('message', i * 4 + place.n, opened.at), bench_time_id('ticket', i, opened.at), place.n,
    CASE place.n WHEN 2 THEN bench_id('agent', bench_below(i, 14, {AGENTS}))
        ELSE bench_id('customer', bench_below(i, 13, $4::bigint)) END,
    CASE WHEN place.n = 2 AND bench_unit(i, 22) < 0.3 THEN 'internal' ELSE 'public' END,
    CASE place.n WHEN 1 THEN piece.text || '. ' || more.text ELSE piece.text END,
    opened.at + interval '1 hour' * (place.n - 1)
FROM generate_series($1::bigint, $2::bigint) AS i
CROSS JOIN generate_series(1, 3) AS place (n)
CROSS JOIN LATERAL (SELECT bench_opened(i, $3::bigint) AS at OFFSET 0) AS opened
JOIN bench_pieces AS piece ON piece.id = bench_below(i * 4 + place.n, 23, $5::bigint)
JOIN bench_pieces AS more ON more.id = bench_below(i * 4, 24, $5::bigint)"""

AFTER = (
    "SELECT setval('ticket_number', (SELECT max(number) FROM tickets))",
    "DROP TABLE bench_words, bench_pieces, bench_subjects, bench_tags",
    "DROP FUNCTION bench_opened, bench_time_id, bench_id, bench_below, bench_unit",
    "VACUUM (ANALYZE)",
    "CHECKPOINT",
)
