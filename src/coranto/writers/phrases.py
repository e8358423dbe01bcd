"""What our pages say beside the stories, in English and in Chinese, and how they tell the time.  Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_ENGLISH = {
    "skip": "Skip to the stories",
    "subscribe": "Subscribe",
    "how": "Copy an address into your feed reader, or open it there:",
    "reader": "the feed reader of this device",
    "copy_it": "Copy",
    "copied": "Copied",
    "select": "The address is selected: copy it",
    "open": "Open in",
    "updated": "updated",
    "from": "from ",
    "by": "by ",
    "filed": "in ",
    "full": "Full text",
    "files": "Files",
    "empty": "No stories yet.",
    "comma": ", ",
    "all": "All stories",
    "opml": "All feeds as one list (OPML)",
    "home": "All categories",
    "newest": "Newest stories",
    "categories": "Categories",
    "search": "Find a category",
    "found": " found",
    "copies": "Also at",
    "stories": "stories",
    "story": "story",
    "sources": "sources",
    "merged": "The same article from several sources, told once.",
    "ours": "this site",
    "words": "these words",
    "joined": "the same by ",
    "code": "article number",
    "url": "address",
    "id": "id",
    "zone": "Times are those of {}",
    "made": "Made with Coranto",
    "missing": "There is no such page",
    "missing_why": "The address may be mistyped, or its category has no stories any more.",
}
_CHINESE = {
    "skip": "跳到正文",
    "subscribe": "订阅",
    "how": "把地址复制到阅读器里，或直接在阅读器中打开：",
    "reader": "本机阅读器",
    "copy_it": "复制",
    "copied": "已复制",
    "select": "地址已选中，请复制",
    "open": "打开方式：",
    "updated": "更新于",
    "from": "来源：",
    "by": "作者：",
    "filed": "分类：",
    "full": "全文",
    "files": "附件",
    "empty": "还没有文章。",
    "comma": "、",
    "all": "全部文章",
    "opml": "全部订阅源列表（OPML）",
    "home": "全部分类",
    "newest": "最新文章",
    "categories": "分类",
    "search": "查找分类",
    "found": " 个",
    "copies": "另见",
    "stories": "篇",
    "story": "篇",
    "sources": "个来源",
    "merged": "多个来源的同一篇文章，这里只列一次。",
    "ours": "本站",
    "words": "采用其正文",
    "joined": "合并依据：",
    "code": "文章编号",
    "url": "网址",
    "id": "标识",
    "zone": "时间均为 {} 时间",
    "made": "由 Coranto 生成",
    "missing": "没有这个页面",
    "missing_why": "地址可能有误，或者这个分类已经没有文章。",
}
_WEEKDAYS = "一二三四五六日"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def is_chinese(language: str) -> bool:
    """Whether pages of a site in this language speak Chinese."""
    return language.lower().partition("-")[0] == "zh"


def phrases(language: str) -> dict[str, str]:
    """The phrases for a site in this language."""
    return _CHINESE if is_chinese(language) else _ENGLISH


def minute(moment: datetime, language: str, zone: str) -> str:
    """``moment`` for a person, in the site's own time: ``2022年5月25日 09:30``, ``25 May 2022, 09:30``."""
    local = moment.astimezone(ZoneInfo(zone))
    clock = f"{local.hour:02}:{local.minute:02}"
    if is_chinese(language):
        return f"{local.year}年{local.month}月{local.day}日 {clock}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {clock}"


def day(moment: datetime, language: str, zone: str) -> str:
    """The date line of a news sheet: ``2022年5月25日 星期三``, ``Wednesday, 25 May 2022``."""
    local = moment.astimezone(ZoneInfo(zone))
    if is_chinese(language):
        return f"{local.year}年{local.month}月{local.day}日 星期{_WEEKDAYS[local.weekday()]}"
    return f"{_DAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year}"


def clock(moment: datetime, zone: str) -> str:
    """A moment in a table: ``2022-05-25 09:30``."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def short(moment: datetime, zone: str) -> str:
    """A date in a list: ``2022-05-25``."""
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()
