"""A hostile server, one path a misbehaviour, and what becomes of a site that is subscribed to it (`make hostile`)."""
