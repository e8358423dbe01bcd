"""Words and addresses of strangers: what is active, what costs too much, what leads astray."""

from guards.guard import Guard

_MARKUP = ("test_markup.py", "test_hostile.py")

GUARDS = (
    Guard(
        "any tag stays",
        "text/markup.py",
        "tags=frozenset(_TAGS.split()),",
        'tags=frozenset(_TAGS.split()) | {"form", "input", "embed"},',
        _MARKUP,
    ),
    Guard(
        "any scheme stays",
        "text/markup.py",
        'if _USABLE.match(address) else ""',
        'if address else ""',
        _MARKUP,
    ),
    Guard(
        "a script is text for people",
        "text/markup.py",
        '    "script",\n',
        "",
        _MARKUP,
    ),
    Guard(
        "a counting pixel stays",
        "text/markup.py",
        " or len(_PIXEL.findall(attributes)) == 2",
        "",
        _MARKUP,
    ),
    Guard(
        "nesting costs its square",
        "text/markup_limits.py",
        "elif len(self._open) >= MAX_DEPTH:",
        "elif False:",
        _MARKUP,
    ),
    Guard(
        "attributes cost their square",
        "text/markup_limits.py",
        "zip(range(MAX_ATTRIBUTES), found, strict=False)",
        "zip(range(10**9), found, strict=False)",
        _MARKUP,
    ),
    Guard(
        "a text has no end",
        "text/markup_limits.py",
        "if len(html) > MAX_CHARS:",
        "if False:",
        _MARKUP,
    ),
    Guard(
        "a number of thousands of digits raises",
        "text/markup.py",
        'entities.unescape(_HUGE_REFERENCE.sub("", text))',
        "entities.unescape(text)",
        _MARKUP,
    ),
    Guard(
        "a control character makes a feed unreadable",
        "text/__init__.py",
        '    return _NOT_XML.sub("", text)',
        "    return text",
        ("test_markup.py", "test_parse.py", "test_writers_properties.py"),
    ),
    Guard(
        "30 February becomes March",
        "text/dates.py",
        "if not _FIRST_YEAR <= number <= _LAST_YEAR:",
        "if False:",
        ("test_dates.py", "test_cjk.py"),
    ),
    Guard(
        "25:61 becomes tomorrow",
        "text/dates.py",
        "if (hour > 23 and (hour, minute, second) != (24, 0, 0)) or minute > 59 or second > 60:",
        "if False:",
        ("test_dates.py", "test_cjk.py"),
    ),
    Guard(
        "a zone of 99 hours counts",
        "text/dates.py",
        "if offset > _FARTHEST_ZONE or int(minutes or 0) > 59:",
        "if False:",
        ("test_dates.py", "test_cjk.py"),
    ),
    Guard(
        "CST is Chicago's in China",
        "text/dates.py",
        "return own if own is not None else _ZONES.get(named.upper())",
        "return _ZONES.get(named.upper())",
        ("test_dates.py", "test_cjk.py"),
    ),
    Guard(
        "a date that was cut is read",
        "text/dates.py",
        'unicodedata.normalize("NFKC", text).strip() if len(text) <= 2 * _LONGEST else ""',
        'unicodedata.normalize("NFKC", text[: 2 * _LONGEST]).strip()',
        ("test_patterns.py",),
    ),
    Guard(
        "an address with a host that is none is a link",
        "text/markup.py",
        """[^\\s/?#\\\\<>\\"'`^{|}]++(?=[/?#\\\\]|\\Z)""",
        r"[^\s/?#\\]",
        ("test_markup.py",),
    ),
    Guard(
        "an address with a backslash leads to another host",
        "text/markup.py",
        'if "\\\\" in address and not address.lower().startswith("mailto:"):',
        "if False:",
        ("test_markup.py",),
    ),
    Guard(
        "what a browser might read otherwise is cleaned once only",
        "text/markup.py",
        "if seen == before or (is_calm(seen) and not _IDLE.search(seen)):",
        "if True:",
        ("test_markup.py", "test_markup_calm.py"),
    ),
    Guard(
        "an address that is read otherwise once more is cleaned once only",
        "text/markup_calm.py",
        "return all(_SURE.fullmatch(address) for address in _ADDRESS.findall(cleaned))",
        "return True",
        ("test_markup_calm.py",),
    ),
)
