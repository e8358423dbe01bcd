"""What is wrong with what became of a path, in sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import lxml.html
from lxml import etree

import validate_feed
from hostile.catalogue import Path, Seen
from hostile.runner import Run
from inactive import active

SECONDS = 20.0  # of one poll (RELIABILITY 4); what a build does besides takes a moment more
_MORE = 2.0
MIB = 300  # of each process
WINDOW = 50  # stories of a feed, by default
_SITE = "https://news.example/"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_ATOM = "{http://www.w3.org/2005/Atom}"
_GOOD = ("好的第一条", "好的第二条")
_OURS = re.compile(r"(?:\.\./)*assets/page\.js(?:\?[\w=]+)?")
_LEADS = frozenset({"", "http", "https", "mailto", "feed"})  # feed: opens a reader
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def faults(path: Path, run: Run) -> list[str]:
    """Everything that is wrong; nothing if all is well."""
    found = list(_cost(run))
    if run.seen is None:
        return [*found, run.trouble or "nothing came of it"]
    seen: Seen = run.seen
    found += [f"the inside was asked: {one}" for one in run.intrusions]
    found += _met(path, seen)
    found += _kept(path, seen)
    found += [f"{name}: {one}" for name, data in seen.after[-1].items() for one in written(name, data)]
    if path.check:
        found += path.check(seen)
    return found


def errors(seen: Seen) -> list[str]:
    """Why polls failed."""
    return [one["error"] for report in seen.reports for one in report["subscriptions"]["failed"]]


def _cost(run: Run) -> Iterator[str]:
    if run.seconds > SECONDS + _MORE:
        yield f"it took {run.seconds:.1f} s"
    for name, size in zip(("the process", "a process of its own"), run.mib, strict=True):
        if size > MIB:
            yield f"{name} took {size} MiB"


def _met(path: Path, seen: Seen) -> Iterator[str]:
    """Whether it is what was expected."""
    failed = errors(seen)
    fresh = [title for title in seen.titles if title not in _GOOD]
    if path.expect == "entries":
        yield from (f"failed: {one}" for one in failed)
        if not fresh:
            yield "there are no entries of it"
    if path.expect in {"error", "refuse"} and len(failed) < path.polls:
        yield f"only {len(failed)} of {path.polls} polls failed"
    if path.expect == "keep" and failed:
        yield f"failed: {failed[0]}"
    if path.titles and tuple(fresh) != path.titles:
        yield f"the titles are {fresh}"
    if path.says and failed and not all(re.search(path.says, one) for one in failed):
        yield f"the error does not say “{path.says}”: {failed}"
    yield from (f"an error in more than a line of text: {one!r}" for one in failed if _CONTROLS.search(one))


def _kept(path: Path, seen: Seen) -> Iterator[str]:
    """No story is lost; where nothing came, no byte changes."""
    if path.expect in {"error", "refuse", "keep"} or len(errors(seen)) == path.polls:
        for name in sorted(seen.before.keys() | seen.after[-1].keys() if seen.before else ()):
            if seen.before.get(name) != seen.after[-1].get(name):
                yield f"{name} changed, though nothing came"
    if path.good_first and len(seen.stories) < WINDOW:  # what a full window has no place for is not lost
        yield from (f"the story “{title}” was lost" for title in _GOOD if title not in seen.titles)
    for report in seen.reports:
        yield from (f"a build failed: {one}" for part in ("posts", "feeds") for one in report[part]["failed"])


def written(name: str, data: bytes) -> Iterator[str]:
    """What is wrong with a published file: invalid, or not inactive."""
    if name.startswith("assets/") or name.endswith(".gz"):
        return
    if name.endswith(".html"):
        yield from _page(data)
        return
    if name.endswith("opml.xml"):
        etree.fromstring(data)
        return
    for one in validate_feed.check(data, _SITE + quote(name)):
        if one["level"] == "must":
            yield f"{one['clause']} {one['where']}: {one['message']}"
    for fragment in _fragments(name, data):
        yield from active(fragment)
    yield from (f"leads to {link!r}" for link in _links(name, data) if urlsplit(link).scheme not in {"http", "https"})


def _fragments(name: str, data: bytes) -> Iterator[str]:
    """All HTML of a feed."""
    if name.endswith(".json"):
        yield from (item.get("content_html", "") for item in json.loads(data)["items"])
        return
    root = etree.fromstring(data)
    if root.tag == "rss":
        for item in root.iter("item"):
            yield item.findtext(_CONTENT) or ""
            yield item.findtext("description") or ""
            yield item.findtext("title") or ""
    for element in root.iter(f"{_ATOM}content", f"{_ATOM}summary", f"{_ATOM}title"):
        if element.get("type") == "html":
            yield element.text or ""
        if len(element):
            yield "<script>markup in Atom without escaping</script>"


def _links(name: str, data: bytes) -> Iterator[str]:
    """Every address that a reader may follow or load."""
    if name.endswith(".json"):
        for item in json.loads(data)["items"]:
            yield from (item[key] for key in ("url", "external_url", "image", "banner_image") if item.get(key))
            yield from (one["url"] for one in item.get("attachments", ()))
            yield from (one["url"] for one in item.get("authors", ()) if one.get("url"))
        return
    root = etree.fromstring(data)
    for element in root.iter():
        if element.tag in {f"{_ATOM}link", "enclosure", "source"}:
            yield from (value for key in ("href", "url") if (value := element.get(key)))
        if element.tag in {"link", f"{_ATOM}uri"} and element.text:
            yield element.text


def _page(data: bytes) -> Iterator[str]:
    """A page of ours has one script and one style, and they are files of ours."""
    for node in lxml.html.document_fromstring(data).iter():
        if not isinstance(node.tag, str):
            continue
        if node.tag == "script" and not (_OURS.fullmatch(node.get("src", "")) and not node.text):
            yield "a script that is not ours"
        if node.tag in {"iframe", "object", "embed", "svg", "math", "base", "style", "applet", "frame"}:
            yield f"a <{node.tag}>"
        for key, value in node.attrib.items():
            if key.startswith("on") or key in {"srcdoc", "style", "formaction"} or "xlink" in key:
                yield f"an attribute {key} of <{node.tag}>"
            if key in {"href", "src", "poster", "action"} and _scheme(value) not in _LEADS:
                yield f"a <{node.tag}> leads to {value[:60]!r}"


def _scheme(address: str) -> str:
    plain = re.sub("[\x00-\x20]", "", address)
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", plain)
    return found[1].lower() if found else ""
