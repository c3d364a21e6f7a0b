from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import ConnectionError, ConnectionTimeout
from elasticsearch import ApiError, AsyncElasticsearch

from runtime.elasticsearch_nodes import node_addresses
from runtime.errors import StoreUnavailable
from runtime.settings import Settings

STORE = "elasticsearch"
# Overloaded, starting, or without a primary shard: the same request may succeed shortly.
UNAVAILABLE_STATUSES = (429, 502, 503, 504)


def connect_elasticsearch(settings: Settings) -> AsyncElasticsearch:
    """Connects when first used. Close it with `await elasticsearch.close()`."""
    nodes = node_addresses(settings.elasticsearch_url)
    return AsyncElasticsearch(
        nodes,
        request_timeout=settings.elasticsearch_timeout_ms / 1000,
        connections_per_node=settings.elasticsearch_pool_max,
        # One more try heals a connection that the server closed meanwhile, and each node may be the one that is there;
        # callers decide on anything beyond.
        max_retries=max(1, len(nodes) - 1),
        retry_on_timeout=False,
        retry_on_status=(),
        http_compress=False,
    )


@contextmanager
def elasticsearch_available() -> Iterator[None]:
    """Around calls whose failure must become an answer: a lost or overloaded server raises StoreUnavailable."""
    try:
        yield
    except (ConnectionError, ConnectionTimeout) as error:
        raise StoreUnavailable(STORE, type(error).__name__) from error
    except ApiError as error:
        if error.status_code in UNAVAILABLE_STATUSES:
            raise StoreUnavailable(STORE, f"HTTP {error.status_code}") from error
        raise
