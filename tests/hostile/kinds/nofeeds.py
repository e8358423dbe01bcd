"""What is no feed, whatever it calls itself: an error with its kind, and nothing in the output (R13)."""

from __future__ import annotations

import json
import zlib

from hostile.catalogue import Path
from hostile.documents import RSS_TYPE, rss
from loopback import http

_PNG = b"\x89PNG\r\n\x1a\n" + zlib.compress(bytes(4000))
_NAMED = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'


def _page(head: str = "", body: str = "Welcome") -> str:
    return f"<!DOCTYPE html><html><head><title>x</title>{head}</head><body>{body}</body></html>"


def _error(name: str, body: str | bytes, says: str, content_type: str = RSS_TYPE) -> Path:
    document = body.encode() if isinstance(body, str) else body
    return Path(
        kind="not-a-feed", name=name, answer=http(document, Content_Type=content_type), expect="error", says=says
    )


def _keep(name: str, body: str, content_type: str = RSS_TYPE) -> Path:
    return Path(kind="not-a-feed", name=name, answer=http(body.encode(), Content_Type=content_type), expect="keep")


PATHS = [
    _error("page", _page(), "page", "text/html; charset=utf-8"),
    _error("page-called-a-feed", _page(), "page"),
    _error("page-without-doctype", "<html><body>hi</body></html>", "page"),
    _error("page-in-upper-case", "<HTML><BODY>hi</BODY></HTML>", "page"),
    _error("xhtml-page", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "page"),
    _error("page-that-names-a-feed", _page(_NAMED), "rss.xml"),
    _error("login-page", _page(body='<form action="/login"><input type="password"></form>'), "page"),
    _error("captcha", _page(body="Are you human? Solve the captcha"), "captcha"),
    _error("chinese-captcha", _page(body="请完成验证后继续访问"), "captcha"),
    _error("challenge-by-script", _page("<title>Just a moment...</title><script>challenge-platform</script>"), "captcha"),
    _error("page-with-a-feed-in-its-text", _page(body="&lt;rss&gt;&lt;item&gt;no&lt;/item&gt;"), "page"),
    _error("json-error", json.dumps({"error": "rate limited"}), "", "application/json"),
    _error("json-list", "[]", "", "application/json"),
    _error("json-null", "null", "", "application/json"),
    _error("text", "Service unavailable, come back later.", "", "text/plain"),
    _error("one-word", "OK", ""),
    _error("image", _PNG, "image", "image/png"),
    _error("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(2000), "binary", "application/pdf"),
    _error("zip", b"PK\x03\x04" + bytes(2000), "binary"),
    _error("noise", bytes(range(256)) * 20, ""),
    _error("nuls", bytes(5000), "empty"),
    _error("opml", '<opml version="2.0"><body><outline xmlUrl="https://paper.example/"/></body></opml>', "OPML"),
    _error("sitemap", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "sitemap"),
    _error("error-element", "<error><code>42</code></error>", "error"),
    _error("soap-fault", '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>', ""),
    _error("declaration-alone", '<?xml version="1.0" encoding="utf-8"?>', "empty|without content"),
    _error("comment-alone", "<!-- nothing -->", ""),
    _error("bare-rss", "<rss/>", "rss"),
    _error("bare-rss-with-an-end", '<rss version="2.0"></rss>', "rss"),
    _error("svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "svg"),
    _error("php-warning-alone", "<br />\n<b>Fatal error</b>: Uncaught Error in /var/www/index.php", ""),
    _error("redirect-by-meta", _page('<meta http-equiv="refresh" content="0;url=http://127.0.0.2/inside">'), "page"),
    _keep("rss-without-items", rss()),
    _keep("atom-without-entries", '<feed xmlns="http://www.w3.org/2005/Atom"><title>江城样报</title><link href="https://paper.example/"/></feed>'),
    _keep("json-feed-without-items", '{"version":"https://jsonfeed.org/version/1.1","title":"江城样报","home_page_url":"https://paper.example/","items":[]}', "application/feed+json"),
]  # fmt: skip
