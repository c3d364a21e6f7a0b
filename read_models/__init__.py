"""What the projector writes and the query API reads: documents, their Elasticsearch mappings, Redis keys."""
