"""Coranto: posts and feeds flow in, each story comes out once, in the feed of every category it belongs to."""

from importlib.metadata import version

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    # Reading the version costs a search through the installed packages: only who asks for it pays.
    if name == "__version__":
        return version("coranto")
    raise AttributeError(name)
