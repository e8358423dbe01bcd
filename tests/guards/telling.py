"""One story from many mouths: who may join, who may speak, what absence means."""

from guards.guard import Guard

_JOINS = ("test_membership.py", "test_cases.py", "test_hijack.py", "test_laws.py")
_MERGE = ("test_merge.py", "test_hijack.py")
_IDS = ("test_ids.py", "test_hijack.py", "test_laws_out.py")
_KEYS = ("test_identity.py", "test_cases.py")
_HELD = ("test_doctor_shape.py", "test_held.py", "test_document.py")

GUARDS = (
    Guard(
        "two infoCodes become one story",
        "dedup/membership.py",
        "if len(codes) > 1:",
        "if False:",
        _JOINS,
    ),
    Guard(
        "a later source joins two entries of an earlier one",
        "dedup/membership.py",
        "    if any(shared < rank for shared in left.ranks & right.ranks):",
        "    if False:",
        _JOINS,
    ),
    Guard(
        "a link that all items share joins them (F3)",
        "dedup/membership.py",
        "return codes >= 2 or articles >= _DEAD_FROM[kind]",
        "return False",
        _JOINS,
    ),
    Guard(
        "a code that a hundred entries share joins them",
        "dedup/membership.py",
        "return titles >= _CODE_DEAD_FROM and instants >= _CODE_DEAD_FROM",
        "return False",
        _JOINS,
    ),
    Guard(
        "a longer text takes the words of a better source",
        "dedup/merge.py",
        "return standing.rank, -standing.fullness.bit_length(), standing.published, standing.name",
        "return -standing.fullness.bit_length(), standing.rank, standing.published, standing.name",
        _MERGE,
    ),
    Guard(
        "the edit of a copy that is not shown moves `updated`",
        "dedup/merge.py",
        "        text.one_line(story.title),\n",
        "        text.one_line(story.title), story.related,\n",
        _MERGE,
    ),
    Guard(
        "`updated` falls",
        "dedup/merge.py",
        "if stated is not None and current < stated <= now:",
        "if stated is not None:",
        (*_MERGE, "test_laws_out.py"),
    ),
    Guard(
        "a first `updated` is later than the run (R19)",
        "dedup/merge.py",
        "return stated if stated is not None and published <= stated <= now else published",
        "return stated or published",
        _MERGE,
    ),
    Guard(
        "an upstream states an id inside our tag authority",
        "dedup/ids.py",
        'if public_iri(entry.own_id) and not entry.own_id.startswith(f"tag:{tag}:"):',
        "if public_iri(entry.own_id):",
        _IDS,
    ),
    Guard(
        "an id that another story could claim is minted",
        "settle.py",
        'return not store.stories.has_rivals(story, key=claims.get(one, ""), own_id=one)',
        "return True",
        ("test_cases.py", "test_hijack.py", "test_laws_out.py", "test_ids.py"),
    ),
    Guard(
        "an id that went out names another story",
        "settle.py",
        "        if store.history.get(one) is not None:\n            return False\n",
        "",
        ("test_cases.py", "test_echo.py", "test_hijack.py", "test_laws_out.py", "test_ids.py"),
    ),
    Guard(
        "the older id renames the story that shows its words",
        "dedup/ids.py",
        "key=lambda one: (one.entry != winner, *_age(one))",
        "key=_age",
        _IDS,
    ),
    Guard(
        "two infoCodes in one link give one",
        "identity.py",
        "        if len(codes) > 1:",
        "        if False:",
        _KEYS,
    ),
    Guard(
        "infoCode=undefined is a code",
        "identity.py",
        "(?=(?:[A-Za-z_-]*[0-9]){8})[A-Za-z0-9_-]{8,64}",
        "[A-Za-z0-9_-]{8,64}",
        _KEYS,
    ),
    Guard(
        "full-width letters fold into a code",
        "identity.py",
        "return {value.upper() for value in trimmed if _CODE.fullmatch(value)}",
        "return {value.upper() for value in trimmed if value}",
        _KEYS,
    ),
    Guard(
        "a home page is a key",
        "identity.py",
        "    if not names_a_site(address):",
        "    if address:",
        _KEYS,
    ),
    Guard(
        "an id joins without a witness",
        "identity.py",
        'found += [f"id:{iri}|{witness}" for witness in witnesses]',
        'found += [f"id:{iri}"]',
        _KEYS,
    ),
    Guard(
        "an id on a private host joins",
        "identity.py",
        "        if public_iri(iri):",
        "        if iri:",
        _KEYS,
    ),
    Guard(
        "what settings ignore joins",
        "identity.py",
        'if key.partition("|")[0] not in rules.ignored',
        "if True",
        _KEYS,
    ),
    Guard(
        "new ids for all flood the feeds (R16)",
        "doctor/shape.py",
        "if known >= ENOUGH and 2 * len(again) > len(found):",
        "if False:",
        _HELD,
    ),
    Guard(
        "a new code under a known title is held back",
        "doctor/shape.py",
        "if not (item.code and row.code)]",
        "if True]",
        _HELD,
    ),
    Guard(
        "a feed that flips is published every hour for ever (R18)",
        "intake/document.py",
        "elif known.accepted < MOST_UPDATES and _waited(known, now):",
        "elif _waited(known, now):",
        ("test_document.py", "test_hostile.py"),
    ),
    Guard(
        "a feed that flips is published at every poll (R18)",
        "intake/document.py",
        "return known.accepted_at is None or now - known.accepted_at >= BETWEEN_UPDATES",
        "return True",
        ("test_document.py", "test_hostile.py"),
    ),
    Guard(
        "one source withdraws the entries of another",
        "intake/document.py",
        'for row in store.entries.like(source, own_id=own_id, url="", title_key=""):',
        "for row in store.entries.with_own_id(own_id):",
        ("test_document.py", "test_hijack.py"),
    ),
    Guard(
        "half of the posts vanish, and leave the feeds",
        "intake/posts.py",
        "2 * lost >= known else",
        "False else",
        ("test_river.py", "test_posts.py", "test_restore.py"),
    ),
    Guard(
        "a folder that cannot be listed is an empty one",
        "readers/folder.py",
        "    if not Path(real).is_dir():",
        "    if False:",
        ("test_folder.py", "test_river.py"),
    ),
)
