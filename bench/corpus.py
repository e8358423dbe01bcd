"""Writes a deterministic Jekyll site of any size, in the shapes of the real one (SEED 1, 3 and 5).

    python bench/corpus.py DIR --posts 100000 --categories 2000 [--seed 7] [--kb 5]

The same arguments give the same bytes.  All text is invented: sentences are drawn from a small grammar, so that no
two posts are equal and a whole site takes seconds.  One post in a hundred is the rolling form of the post that
follows it (K1): same title, same second, same number, two categories.
"""

from __future__ import annotations

import argparse
import itertools
import random  # noqa: TID251  seeded: chance that repeats itself
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

BEIJING = timezone(timedelta(hours=8))
LAST = datetime(2022, 5, 31, 23, 0, 0, tzinfo=BEIJING)
DAYS = 400
PAIR_EVERY = 100  # one K1 pair in a hundred posts
WIDGET_EVERY = 10
ROLLING = "emnews"


def words(text: str) -> list[str]:
    """Return the words of a line."""
    return text.split()


SYLLABLES = words("guang zhou ri bao nan fang shi dai cai jing hai xi chen xin wen hua shang zheng quan tou zi")
SIGNS = "广州日报南方时代财经海西晨新闻华商证券投资"
PLACES = words("海珠 荔湾 越秀 天河 白云 黄埔 番禺 花都 南沙 从化 增城 佛山 东莞 中山 珠海 江门")
THINGS = words("图书馆 轮渡 公交线 荔枝园 博物馆 足球场 菜市场 骑楼 码头 公园 游泳馆 自行车道")
EVENTS = words("开放 延长运营 完成修缮 推出新时刻表 迎来丰收 举办展览 试行免费 增设座位 更换路灯 招募志愿者")
WHO = words("街坊们 负责人 工作人员 一位老读者 附近的店主 几名学生")
SAID = words("表示 介绍说 告诉记者 在说明会上说 回忆道")
ENDS = words("这样比以前方便 希望能长期办下去 雨天也不受影响 周末人会多一些 费用由街道承担 具体时间以现场公告为准")

SETTINGS = """\
site:
  title: 基准测试
  url: https://bench.example/
  tag: "bench.example,2021"
  language: zh-CN
  timezone: Asia/Shanghai
posts:
  - path: posts
    category_title: "{}新闻"
store: .coranto/store.sqlite3
"""

HIDDEN = '<p style="display:none;height:1px;overflow:hidden;"><br /></p>'
CHART = (
    '<!-- EM_StockImg_Start --><p style="text-align:center;"><a href="http://quote.bench.example/r/0.{n}" class="EmImageRemark">'
    '<img src="https://chart.bench.example/GetPic.aspx?nid=0.{n}&imageType=k&token=0123456789abcdef" alt="K图 {n}_0" />'
    "</a></p><!-- EM_StockImg_End -->"
)
CENTRED = '<center><img src="http://img.bench.example/{n}.jpg" alt="image" style="border:1px solid;" /></center>'
SPANS = (
    '<span id="bk_90.{n}"><a href="http://quote.bench.example/r/90.{n}" class="keytip">银行</a></span>'
    '<span id="bkquote_90.{n}"></span>'
)


@dataclass(frozen=True, slots=True)
class Medium:
    """A category: its folder name, and the name that its posts' tags give it."""

    slug: str
    name: str


def media(count: int) -> list[Medium]:
    """Return `count` different media, with toneless pinyin slugs; the first is the rolling news."""
    lengths = itertools.count(2)
    picked = itertools.chain.from_iterable(itertools.product(range(len(SYLLABLES)), repeat=n) for n in lengths)
    named = (Medium("".join(SYLLABLES[i] for i in p), "".join(SIGNS[i] for i in p)) for p in picked)
    return [Medium(ROLLING, "东财滚动"), *itertools.islice(named, count - 1)]


def sentences(rng: random.Random, count: int) -> list[str]:
    """Return a pool of invented sentences."""
    return [
        f"{rng.choice(PLACES)}{rng.choice(THINGS)}{rng.choice(EVENTS)}，{rng.choice(WHO)}{rng.choice(SAID)}，"
        f"{rng.choice(ENDS)}，预计全年服务{rng.randrange(1, 900)}万人次。"
        for _ in range(count)
    ]


def paragraphs(rng: random.Random, kilobytes: float) -> list[str]:
    """Return a pool of HTML paragraphs; about ten of them make a post of `kilobytes`."""
    pool = sentences(rng, 600)
    size = max(1, round(kilobytes * 1024 / 10 / len(pool[0].encode())))
    return ["<p>" + "".join(rng.choices(pool, k=size)) + "</p>\n " for _ in range(500)]


def post(title: str, when: datetime, medium: Medium, body: str, link: str) -> str:
    """Return a post as the crawler's template writes it (SEED 1.4 and 5)."""
    return (
        f'---\nlayout: post\ntitle: "{title}"\ndate: {when:%Y-%m-%d %H:%M:%S} +0800\n'
        f"categories: {medium.slug}\ntags: {medium.name}新闻\n---\n{body}"
        f'<p class="em_media">（文章来源：{medium.name}）</p>\n\n<{link}>\n\n'
        f"[返回{medium.name}新闻](//bench.example/category/{medium.slug}.html)｜[返回首页](//bench.example/)"
    )


def widgets(index: int) -> str:
    """Return the noise that a reader has to take out again (SEED 4.10)."""
    number = f"{index % 1_000_000:06d}"
    return (HIDDEN + CHART + CENTRED + f"<p>{SPANS}网点照常营业。</p>").format(n=number)


def medium_of(rng: random.Random, turn: int, others: list[Medium]) -> Medium:
    """Return an article's medium: first each once, then a few large ones and a long tail."""
    return others[turn if turn < len(others) else int(len(others) * rng.random() ** 3)]


def articles(count: int) -> Iterator[tuple[int, bool]]:
    """Yield the articles that make `count` files: the index of the first file, and whether there is a second."""
    index = 0
    while index < count:
        paired = index % PAIR_EVERY == 0 and index + 1 < count
        yield index, paired
        index += 2 if paired else 1


def posts(count: int, categories: int, seed: int, kilobytes: float) -> Iterator[tuple[str, str]]:
    """Yield name and text of `count` files, oldest first, each article at a second of its own."""
    rng = random.Random(seed)
    rolling, *others = media(categories)
    pool = paragraphs(rng, kilobytes)
    for turn, (index, paired) in enumerate(articles(count)):
        when = LAST - timedelta(seconds=int((count - index) * DAYS * 86400 / count))
        number = f"{when:%Y%m%d}22{index:08d}"
        title = f"{rng.choice(PLACES)}{rng.choice(THINGS)}{rng.choice(EVENTS)}（第{index}号）"
        body = "".join(rng.choices(pool, k=9)) + f"<p>本文编号{index}。</p>"
        if paired:
            text = f"> {title}，{rng.choice(ENDS)}。\n\n{body}"
            link = f"http://finance.eastmoney.com/news/1353,{number}.html"
            yield f"{when:%Y-%m-%d}-{number}.md", post(title, when, rolling, text, link)
        medium = medium_of(rng, turn, others or [rolling])
        text = widgets(index) + body if index % WIDGET_EVERY == WIDGET_EVERY - 1 else body
        link = f"http://bench.example/html_News/NewsShare.html?infoCode=NW{number}"
        yield f"{when:%Y-%m-%d}-NW{number}.md", post(title, when, medium, text, link)


def write(root: Path, count: int, categories: int, seed: int, kilobytes: float) -> int:
    """Write the site below `root` and return the number of bytes in its posts."""
    folder = root / "posts"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    total = 0
    for name, text in posts(count, categories, seed, kilobytes):
        data = text.encode()
        total += len(data)
        with open(f"{folder}/{name}", "wb", buffering=0) as file:  # noqa: PTH123  a Path for each costs as much as the write
            file.write(data)
    return total


def main() -> None:
    """Read the command line and write the site."""
    parser = argparse.ArgumentParser(description="Write a deterministic Jekyll site to measure builds on.")
    parser.add_argument("dir", type=Path, help="where to write posts/ and settings.yaml")
    parser.add_argument("--posts", type=int, default=100_000, help="how many files (default 100000)")
    parser.add_argument("--categories", type=int, default=2_000, help="how many categories (default 2000)")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another site (default 7)")
    parser.add_argument("--kb", type=float, default=5, help="size of a post in KiB (default 5)")
    given = parser.parse_args()
    size = write(given.dir, given.posts, given.categories, given.seed, given.kb)
    print(f"{given.posts} posts, {size / 1024 / given.posts:.1f} KiB each, in {given.dir}")


if __name__ == "__main__":
    main()
