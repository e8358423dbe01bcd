"""The way in: what sources say becomes entries in the store, and nothing that was said is lost."""
