"""The deduplicator: entries that are the same article become one story."""
