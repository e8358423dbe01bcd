"""What the daemon shows to the network: a server that follows the settings, and whose trouble stops no feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coranto.clock import Clock
from coranto.daemon.notify import Notifier
from coranto.journal import Journal
from coranto.settings import Settings

if TYPE_CHECKING:
    from coranto.server.serving import Serving

_AGAIN = 30.0  # seconds until it is tried again to listen where somebody else does
_STUCK = 300.0  # seconds without a sign of life after which /healthz says so; the unit's watchdog is as patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line says of serving; where it says nothing, settings do."""

    serve: bool = True
    host: str = ""
    port: int | None = None


class Front:
    """The server of a site, for as long as the daemon works."""

    def __init__(self, wish: Wish, clock: Clock, journal: Journal, notifier: Notifier) -> None:
        """Nothing is served yet."""
        self._wish, self._clock, self._journal, self._notifier = wish, clock, journal, notifier
        self._serving: Serving | None = None
        self._shown: object = None  # what of the settings is being served
        self._next = clock.elapsed()

    def tend(self, settings: Settings) -> None:
        """Serve what these settings say; cheap when that is so already."""
        if not self._wish.serve:
            return
        if self._serving and (self._shown != _what_counts(settings) or self._serving.ended):
            self.close()
        if self._serving is None and self._clock.elapsed() >= self._next:
            self._start(settings)

    def close(self) -> None:
        """Serve nothing any more."""
        if self._serving:
            self._serving.close()
            self._serving, self._next = None, self._clock.elapsed()

    def _start(self, settings: Settings) -> None:
        from coranto.server.serving import ServeError, Serving

        try:
            self._serving = Serving(
                settings, self._clock.now, host=self._wish.host, port=self._wish.port, alive=self._is_alive
            )
        except ServeError as error:
            self._next = self._clock.elapsed() + _AGAIN
            self._journal.state("serve", "serve", str(error), "error", then="tried again; feeds are kept fresh")
            return
        self._shown = _what_counts(settings)
        self._journal.state("serve", "serve", "")
        self._journal.event("serving", address=self._serving.address)

    def _is_alive(self) -> bool:
        return self._clock.elapsed() - self._notifier.last < _STUCK


def _what_counts(settings: Settings) -> object:
    """What the server has of the settings."""
    return settings.serve, settings.feeds.root, settings.refresh, settings.site, settings.store, settings.upstreams
