"""settings.yaml -> `coranto.settings.values.Settings`: read, check everything, then give texts their meaning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from coranto.model import CodeRule
from coranto.settings import checks, messages, positions, schema, schema_output, values
from coranto.settings.patterns import absolute, fixed_part, ignored_key, posts_keys, upstream_key
from coranto.settings.problems import SettingsError
from coranto.settings.shapes import is_web, seconds, site_url
from coranto.text import one_line


def compile_settings(content: bytes, file: Path, shown: Path) -> values.Settings:
    """The settings that ``content`` holds.

    Args:
        content: the bytes of the file.
        file: its absolute path; relative paths in it start at its folder.
        shown: its path as the person named it, for messages.

    Raises:
        SettingsError: with every problem, in the order of the file.
    """
    tree = positions.parse(content, shown)
    written = None
    try:
        written = schema.SettingsFile.model_validate(tree.data)
    except ValidationError as error:
        messages.report(tree, error.errors())
    checks.check(tree, file.parent)
    if tree.problems or written is None:
        problems = sorted(set(tree.problems), key=lambda found: (found.line, found.column, found.key, found.message))
        raise SettingsError(tuple(problems))
    return _settings(written, file)


def _settings(written: schema.SettingsFile, file: Path) -> values.Settings:
    folder = file.parent
    feeds = _feeds(written.feeds, folder)
    return values.Settings(
        file=file,
        site=_site(written.site),
        posts=tuple(
            _without_output(posts, feeds)
            for posts in _posts(written.posts, folder, optional="posts" not in written.model_fields_set)
        ),
        upstreams=tuple(_upstream(item, folder, written.site.timezone) for item in written.upstreams),
        categories=tuple(
            _category(name, rule or schema.CategorySection()) for name, rule in written.categories.items()
        ),
        identity=_identity(written.identity),
        feeds=feeds,
        fetch=_fetch(written.fetch),
        serve=_serve(written.serve),
        keep=int(seconds(written.keep)),
        refresh=" ".join(written.schedule.refresh.split()),
        store=written.store if "://" in written.store else str(absolute(folder, written.store)),
    )


def _site(written: schema.SiteSection) -> values.Site:
    return values.Site(
        title=one_line(written.title),
        url=site_url(written.url),
        tag=written.tag,
        language=written.language,
        timezone=written.timezone,
        description=one_line(written.description),
        icon=written.icon,
    )


def _posts(written: list[schema.PostsItem], folder: Path, *, optional: bool) -> tuple[values.Posts, ...]:
    patterns = tuple(fixed_part(item.path) for item in written)
    return tuple(
        values.Posts(
            path=item.path,
            key=key,
            root=absolute(folder, pattern.fixed),
            glob=pattern.glob,
            exclude=tuple(item.exclude),
            drop=tuple(item.drop),
            category_title=item.category_title,
            optional=optional,
        )
        for item, pattern, key in zip(written, patterns, posts_keys(patterns), strict=True)
    )


def _without_output(posts: values.Posts, feeds: values.Feeds) -> values.Posts:
    """Our own pages are no posts, where the folder of posts holds them."""
    if not feeds.root.is_relative_to(posts.root):
        return posts
    return replace(posts, exclude=(*posts.exclude, f"{feeds.root.relative_to(posts.root).as_posix()}/**"))


def _upstream(written: schema.UpstreamItem, folder: Path, zone: str) -> values.Upstream:
    return values.Upstream(
        url=written.url,
        key=upstream_key(written.url),
        path=None if is_web(written.url) else absolute(folder, written.url),
        categories=tuple(dict.fromkeys(written.category)),
        own_categories=written.own_categories,
        every=int(seconds(written.every)),
        timezone=written.timezone or zone,
        drop=tuple(written.drop),
        headers=tuple(written.headers.items()),
        auth=written.auth,
    )


def _category(name: str, written: schema.CategorySection) -> values.CategoryRule:
    return values.CategoryRule(
        name=name,
        title=one_line(written.title),
        description=one_line(written.description),
        aliases=tuple(written.aliases),
    )


def _identity(written: schema.IdentitySection) -> values.IdentityRules:
    rules = tuple(
        CodeRule(query=rule.query, host=rule.host, path=rule.path, file=rule.file, template=rule.template)
        for rule in written.info_code
    )
    keep = frozenset(rule.query for rule in rules if rule.query)
    ignore = tuple(ignored_key(key, frozenset(written.tracking), keep) for key in written.ignore)
    return values.IdentityRules(info_code=rules, ignore=ignore, tracking=tuple(written.tracking))


def _feeds(written: schema_output.FeedsSection, folder: Path) -> values.Feeds:
    return values.Feeds(
        root=absolute(folder, written.path),
        formats=tuple(written.formats),
        entries=written.entries,
        max_age=int(seconds(written.max_age)),
        max_entries=written.max_entries,
        only=tuple(written.only),
        min_stories=written.min_stories,
        compress=written.compress,
        hub=written.hub,
    )


def _serve(written: schema_output.ServeSection) -> values.Serve:
    return values.Serve(host=written.host, port=written.port, operators=tuple(written.operators))


def _fetch(written: schema.FetchSection) -> values.Fetch:
    return values.Fetch(
        threads=written.threads,
        pause=seconds(written.pause),
        contact=written.contact,
        private=tuple(written.private),
        hold=written.hold,
        proxy=written.proxy,
    )
