"""Fuzzing with coverage as the guide (`make fuzz`)."""
