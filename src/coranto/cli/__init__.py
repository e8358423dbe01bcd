"""The command line, ``coranto``.  Each command has a module of its own, imported only when it runs."""

from coranto.cli.app import app, main

__all__ = ["app", "main"]
