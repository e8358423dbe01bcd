"""What a person may write in settings.yaml: one model a section, one description a key.

The values stay the texts that were written, checked but not yet read: compile.py turns them into
`coranto.settings.values`.  The JSON Schema for editors and the table of the docs come from here too.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from coranto.settings import shapes, shapes_fetch
from coranto.settings.kinds import (
    Duration,
    DurationOrZero,
    Filled,
    HeaderName,
    Host,
    IgnoredKey,
    Kind,
    Name,
    Names,
    Parameter,
    Path,
    Pause,
    Regex,
    Secret,
    Zone,
)
from coranto.settings.schema_output import FeedsSection, ServeSection
from coranto.settings.section import Section
from coranto.settings.values import DEFAULT_CODES, DEFAULT_POSTS, DEFAULT_STORE


class SiteSection(Section):
    """The site that publishes the feeds."""

    title: Filled = Field(description="The name of the site; it leads the title of every feed.", examples=["广州新闻"])
    url: Annotated[str, Kind("web address", shapes.site_url)] = Field(
        description="Where the folder of feeds is published; used for the feeds' own links.",
        examples=["https://news.example/"],
    )
    tag: Annotated[str, Kind("domain,date", shapes.tag)] = Field(
        description="Tag authority for ids (RFC 4151), written by `coranto init`. Never change it: ids are made from it.",
        examples=["news.example,2021"],
    )
    language: Annotated[str, Kind("language tag", shapes.language, {"type": ["string", "number", "boolean"]})] = Field(
        default="en", description="The language of the feeds (BCP 47).", examples=["zh-CN"]
    )
    timezone: Zone = Field(default="UTC", description="The zone of dates that state none.", examples=["Asia/Shanghai"])
    description: str = Field(default="", description="One sentence about the site, for the feeds and the index.")
    icon: Annotated[str, Kind("web address", shapes.web_address)] = Field(
        default="", description="The address of a picture for the feeds.", examples=["https://news.example/icon.png"]
    )


class PostsItem(Section):
    """A folder of posts."""

    path: Annotated[str, Kind("pattern", shapes.posts_pattern)] = Field(
        description="A folder of Jekyll posts, or a pattern of their paths.", examples=["posts/**/*.md"]
    )
    exclude: list[Path] = Field(default=[], description="Patterns of posts that are known to be broken.")
    drop: list[Filled] = Field(
        default=[], description="Words; a post whose title or text has one of them is not published."
    )
    category_title: Annotated[str, Kind("template", shapes.category_title)] = Field(
        default="",
        description='How tags name categories: with "{}新闻" the tag 广州日报新闻 titles its category 广州日报.',
        examples=["{}新闻"],
    )


def _default_posts() -> list[PostsItem]:
    return [PostsItem(path=DEFAULT_POSTS)]


class UpstreamItem(Section):
    """An upstream feed."""

    url: Annotated[str, Kind("web address or path", shapes.upstream)] = Field(
        description="The feed: an http(s) address, or the path of a file (a file is always due).",
        examples=["https://paper.example/rss.xml"],
    )
    category: Names = Field(default=[], description="What its entries are filed under.", examples=["guangzhouribao"])
    own_categories: bool = Field(
        default=False,
        description="Also file its entries under the categories that the feed itself states: at most 20 of an entry, 200 of a feed.",
    )
    every: DurationOrZero = Field(default="1h", description="The feed is never polled more often than this.")
    timezone: Zone = Field(default="", description="The zone of its dates that state none; without it, the site's.")
    drop: list[Filled] = Field(
        default=[], description="Words; an entry whose title or text has one of them is not published."
    )
    headers: dict[HeaderName, Secret] = Field(
        default={},
        description="Header fields that its server wants; `$NAME` is taken from the environment at each request. "
        "They go to the origin of `url` only.",
        examples=[{"X-Api-Key": "$NEWS_KEY"}],
    )
    auth: Annotated[str, Kind("user:password or $NAME", shapes_fetch.auth)] = Field(
        default="", description="Its login, treated like `headers`.", examples=["$NEWS_LOGIN", "reader:$NEWS_PASSWORD"]
    )

    @model_validator(mode="after")
    def _one_login(self) -> UpstreamItem:
        names = [name.lower() for name in self.headers]
        if len(set(names)) < len(names):
            raise ValueError("names a header field twice in `headers`; upper and lower case are the same here")
        if self.auth and ("authorization" in names):
            raise ValueError("has two logins, `auth` and the header field Authorization; remove one of the two")
        if (self.auth or names) and not shapes.is_web(self.url):
            raise ValueError("is a file, which takes neither `auth` nor `headers`; remove them")
        return self


class CategorySection(Section):
    """What is said of one category."""

    title: str = Field(default="", description="The title of its feed.", examples=["广州日报"])
    description: str = Field(default="", description="One sentence about it, for its feed and the index.")
    aliases: list[Name] = Field(default=[], description="Other names that mean this category.", examples=[["GZRB"]])


class CodeRuleItem(Section):
    """Where an infoCode stands: `query`; or `host`, `path` and `as`; or `file` and `as`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["query"]}, {"required": ["host", "path", "as"]}, {"required": ["file", "as"]}]
        }
    )

    query: Parameter = Field(default="", description="A query parameter that holds the code.", examples=["infoCode"])
    host: Annotated[str, Kind("host name or pattern", shapes.host_glob)] = Field(
        default="", description="Hosts whose paths hold the code.", examples=["*.eastmoney.com"]
    )
    path: Regex = Field(
        default="", description="Finds the code in the path of an address of `host`.", examples=[r"[,/](\d{18})\.html$"]
    )
    file: Regex = Field(default="", description="Finds the code in the path of a post.", examples=[r"-(\d{18})\.md$"])
    template: Annotated[str, Kind("template")] = Field(
        default="", alias="as", description="The code, put together from the pattern's groups.", examples=["NW{1}"]
    )

    @field_validator("template")
    @classmethod
    def _groups_exist(cls, value: str, info: ValidationInfo) -> str:
        pattern = info.data.get("path") or info.data.get("file")
        return shapes.template(value, pattern) if pattern else value

    @model_validator(mode="after")
    def _one_shape(self) -> CodeRuleItem:
        written = {CodeRuleItem.model_fields[key].alias or key for key in self.model_fields_set}
        if written not in ({"query"}, {"host", "path", "as"}, {"file", "as"}):
            raise ValueError("write either `query`, or `host`, `path` and `as`, or `file` and `as`")
        return self


def _default_codes() -> list[CodeRuleItem]:
    rules = (
        {"query": r.query, "host": r.host, "path": r.path, "file": r.file, "as": r.template} for r in DEFAULT_CODES
    )
    return [CodeRuleItem.model_validate({key: value for key, value in rule.items() if value}) for rule in rules]


class IdentitySection(Section):
    """How the same article is known again."""

    info_code: list[CodeRuleItem] = Field(
        default_factory=_default_codes, description="Where infoCodes stand. A list replaces the built-in rules."
    )
    ignore: list[IgnoredKey] = Field(
        default=[],
        description="Keys that join nothing: the way to take a story apart.",
        examples=[["url:a.example/live"]],
    )
    tracking: list[Parameter] = Field(
        default=[], description="More query parameters that do not tell addresses apart.", examples=[["from_app"]]
    )


class FetchSection(Section):
    """Manners and limits on the way out."""

    threads: int = Field(default=8, ge=1, le=256, description="How many hosts at a time.")
    pause: Pause = Field(
        default="1.5s", description="Between two requests to one host; shorter only for the hosts in `private`."
    )
    contact: Annotated[str, Kind("text", shapes.name)] = Field(
        default="",
        description="Goes into the User-Agent, so that a publisher can reach you.",
        examples=["editor@news.example"],
    )
    private: list[Host] = Field(
        default=[], description="Hosts on private addresses that may be polled.", examples=[["nas.lan:8080"]]
    )
    hold: Literal["domain", "host", "url"] = Field(
        default="domain",
        description="What is left alone when a server answers 429 or 503 with Retry-After: its whole registrable "
        "domain (of hosts in `private` only host:port, for a 503 only that address), always only host:port, or always "
        "only that address.",
    )
    proxy: Annotated[str, Kind("http address", shapes_fetch.proxy)] = Field(
        default="",
        description="An HTTP proxy for everything but the hosts in `private`; `$NAME` is taken from the environment. "
        "The proxy looks names up, so it, and not Coranto, must keep requests out of your private network.",
        examples=["http://proxy.lan:3128"],
    )


class ScheduleSection(Section):
    """When the daemon works."""

    refresh: Annotated[str, Kind("duration or cron expression", shapes.refresh)] = Field(
        default="1m",
        description="How often the daemon looks for upstreams that are due: an interval, or a cron expression. It is "
        "no polling interval: `every` is.",
        examples=["1m", "*/5 6-22 * * *"],
    )


class SettingsFile(Section):
    """settings.yaml: everything but `site` has a sound default; paths are relative to this file, or absolute."""

    site: SiteSection = Field(description="The site that publishes the feeds.")
    posts: list[PostsItem] = Field(
        default_factory=_default_posts,
        description="Folders of posts; their order is the order of priority. Without this key it is the folder `posts` "
        "beside this file, if there is one; `posts: []` means none.",
    )
    upstreams: list[UpstreamItem] = Field(
        default=[], description="Upstream feeds; their order is the order of priority, after the posts."
    )
    categories: dict[Name, CategorySection | None] = Field(
        default={}, description="What is said of categories, by name."
    )
    identity: IdentitySection = Field(
        default_factory=IdentitySection, description="How the same article is known again."
    )
    feeds: FeedsSection = Field(default_factory=FeedsSection, description="What is written, and how much of it.")
    keep: Duration = Field(
        default="400d",
        description="How long the store keeps what has left every feed; ids and tombstones stay for ever.",
    )
    fetch: FetchSection = Field(default_factory=FetchSection, description="Manners and limits on the way out.")
    schedule: ScheduleSection = Field(default_factory=ScheduleSection, description="When the daemon works.")
    serve: ServeSection = Field(default_factory=ServeSection, description="Where and to whom feeds are served.")
    store: Annotated[str, Kind("path or postgresql://…", shapes.store)] = Field(
        default=DEFAULT_STORE, description="Where everything is remembered."
    )
