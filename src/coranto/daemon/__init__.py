"""The daemon: a clock that ticks, and what keeps a program running for months without a person."""
