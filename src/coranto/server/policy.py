"""What a browser may do with our answers (Content Security Policy 3); what articles bring along never runs."""

from __future__ import annotations

from coranto.writers.html import POLICY

PAGE_POLICY = f"{POLICY}; frame-ancestors 'none'".encode()
"""Of pages: what they say themselves, and that nobody frames them, which only a header can say."""

FEED_POLICY = b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of feeds and of everything else: a stylesheet of ours, and nothing more."""
