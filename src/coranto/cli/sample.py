"""What ``coranto init`` writes: commented settings and one post, in English or Chinese."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a new site."""

    title: str
    url: str  # ends with a slash
    language: str
    timezone: str

    @property
    def chinese(self) -> bool:
        """Whether its sample is in Chinese."""
        return self.language.lower().partition("-")[0] == "zh"


_SETTINGS = """\
# Only `site` is required; what you leave out has a sound default.  `coranto check` judges this file.

site:
  title: {title}
  {url:<36}  # where feeds/ will be published
  {tag:<36}  # all ids are made from it: choose it before you publish, then never change it
  language: {language}
  {timezone:<36}  # for dates without a zone

posts:
  - path: posts                         # a folder of Jekyll posts, or a pattern such as posts/**/*.md
    # category_title: "{{}}新闻"          # the tag 广州日报新闻 then names the category 广州日报

# Feeds to follow; `coranto add URL --write` finds a feed and adds it here.
# upstreams:
#   - url: https://paper.example/rss.xml
#     category: news                    # one name or a list
#     every: 1h                         # never more often than this

# categories:
#   news: {{title: News, description: What happened, aliases: [latest]}}

# Where an article's number (infoCode) stands, so that its copies are known again.  These are the built-in rules; a
# list of your own replaces them.
# identity:
#   info_code:
#     - query: infoCode
#     - {{host: "*.eastmoney.com", path: '[,/](\\d{{18}})\\.html$', as: "NW{{1}}"}}
#     - {{file: '-(?:NW)?(\\d{{18}})\\.(?:md|markdown|html)$', as: "NW{{1}}"}}
"""

_POST = """\
---
title: The first post
date: {date}
categories: news
---
This is a post, in **Markdown**. It stands in the feed of its category, `news`, and in the feed of all.

Write your own beside it: one file each, with a title, a date and categories. When you have some, delete this one.
"""

_POST_ZH = """\
---
title: 第一篇文章
date: {date}
categories: news
tags: 新闻
---
这是一篇用 **Markdown** 写的文章。它会出现在它的分类 `news` 的订阅源里，也会出现在汇总全部文章的订阅源里。

请在旁边写您自己的文章：一篇一个文件，写上标题、日期和分类。写了几篇以后，就可以把这一篇删掉。
"""


def settings(facts: Facts, *, host: str, year: int) -> str:
    """The text of settings.yaml; the tag is made of ``host`` and ``year``."""
    return _SETTINGS.format(
        title=_quoted(facts.title),
        url=f"url: {_quoted(facts.url)}",
        tag=f"tag: {_quoted(f'{host},{year}')}",
        language=_quoted(facts.language),
        timezone=f"timezone: {_quoted(facts.timezone)}",
    )


def post(facts: Facts, now: datetime) -> tuple[str, str]:
    """The name and the text of the sample post, dated now in the site's zone."""
    date = now.astimezone(ZoneInfo(facts.timezone))
    slug, text = ("diyipian", _POST_ZH) if facts.chinese else ("first", _POST)
    return f"{date:%Y-%m-%d}-{slug}.md", text.format(date=f"{date:%Y-%m-%d %H:%M:%S %z}")


def _quoted(text: str) -> str:
    """A YAML scalar in double quotes; JSON's form of a text is one of YAML's."""
    return json.dumps(text, ensure_ascii=False)
