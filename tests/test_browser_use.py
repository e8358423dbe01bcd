"""What people do on the pages: search, copy, read, by keyboard, without script."""

from __future__ import annotations

import pytest

from browser import PHONE, chromium, missing, sample, serving, visit

if missing():
    pytest.skip(missing(), allow_module_level=True)

PICTURE = "https://pictures.example/wharf.png"
LONG = f"""---
title: 有图的长文
date: 2022-06-01 09:00:00 +0800
categories: GZRB
---
{"<p>新码头今天开放，第一班轮渡七点从北岸开出，乘客可以用交通卡上船，自行车免费。</p>" * 12}
<p><img src="{PICTURE}" alt="码头" width="40" height="30"></p>
"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(sample(tmp_path_factory.mktemp("site"), picture=LONG)) as at:
        yield at


@pytest.fixture
def index(browser, address):
    with visit(browser, address) as seen:
        yield seen


@pytest.fixture
def category(browser, address):
    with visit(browser, address + "guangzhouribao/") as seen:
        yield seen


def shown(seen):
    """The folders of the categories that can be seen."""
    return [link.get_attribute("href").strip("/") for link in seen.page.locator(".index > li:visible h3 a").all()]


def test_typing_finds_categories_by_title_or_folder_without_a_request(index):
    everything, before = shown(index), len(index.requests)
    box = index.page.get_by_role("searchbox")
    box.press_sequentially("广州")
    assert shown(index) == ["guangzhouribao"]
    assert index.page.locator("output").inner_text().startswith("1 ")
    box.fill("")
    box.press_sequentially("GUANGZHOURI")
    assert shown(index) == ["guangzhouribao"]
    box.fill("没有这样的分类")
    assert shown(index) == []
    assert index.page.locator("output").inner_text().startswith("0 ")
    box.fill("")
    assert shown(index) == everything
    assert index.page.locator("output").inner_text() == ""
    assert len(everything) > 5
    assert len(index.requests) == before
    assert index.faults == []


def test_the_button_copies_the_address_of_the_feed(category):
    category.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = category.page.locator("button.copy").first
    button.click()
    said = category.page.get_by_role("status")
    said.filter(has_text=button.get_attribute("data-copied")).wait_for()
    copied = category.page.evaluate("navigator.clipboard.readText()")
    assert copied == category.page.locator(".addresses code").first.inner_text()
    assert copied == "https://news.example/guangzhouribao/atom.xml"


def test_where_the_clipboard_is_refused_the_address_is_selected(category):
    category.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    button = category.page.locator("button.copy").nth(1)
    button.press("Enter")
    category.page.get_by_role("status").filter(has_text=button.get_attribute("data-select")).wait_for()
    assert (
        category.page.evaluate("String(getSelection())") == category.page.locator(".addresses code").nth(1).inner_text()
    )
    assert category.faults == []


def test_without_script_links_and_details_work_and_nothing_is_offered_that_would_not(browser, address):
    with visit(browser, address, java_script_enabled=False) as seen:
        assert not seen.page.locator(".find").is_visible()
        assert seen.page.locator("button:visible").count() == 0
        seen.page.locator(".index h3 a").filter(has_text="广州日报").click()
        assert seen.page.url == address + "guangzhouribao/"
        assert seen.page.locator("button:visible").count() == 0
        folded = seen.page.locator("details").first
        assert not folded.locator(".text").is_visible()
        folded.locator("summary").click()
        assert folded.locator(".text").is_visible()


@pytest.mark.parametrize("path", ["", "guangzhouribao/", "status"])
def test_tab_comes_to_the_skip_link_first_and_it_skips(browser, address, path):
    with visit(browser, address + path) as seen:
        seen.page.keyboard.press("Tab")
        assert seen.focused("e.className") == "skip"
        assert seen.focused("e.getBoundingClientRect().left >= 0")
        target = seen.focused("e.hash")
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("location.hash") == target
        seen.page.keyboard.press("Tab")
        assert seen.focused(f"document.querySelector({target!r}).contains(e)")


@pytest.mark.parametrize("width", [PHONE, 1280])
@pytest.mark.parametrize("path", ["", "guangzhouribao/", "status"])
def test_whatever_tab_comes_to_is_seen_to_have_the_focus(browser, address, path, width):
    with visit(browser, address + path, width=width) as seen:
        for _ in range(25):
            seen.page.keyboard.press("Tab")
            if seen.focused("e === document.body"):
                break
            assert seen.focused("parseFloat(getComputedStyle(e).outlineWidth) >= 2"), seen.focused("e.outerHTML")
            assert seen.focused("getComputedStyle(e).outlineStyle") not in ("none", "")
            assert seen.focused("(r => r.bottom > 0 && r.top < innerHeight && r.left >= 0)(e.getBoundingClientRect())")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_opens_and_closes_what_is_folded(category, key):
    folded = category.page.locator("details").first
    folded.locator("summary").press(key)
    assert folded.locator(".text").is_visible()
    folded.locator("summary").press(key)
    assert not folded.locator(".text").is_visible()


def test_pages_say_their_language(index, category):
    for seen in (index, category):
        assert seen.page.locator("html").get_attribute("lang") == "zh-CN"


def test_pictures_of_a_folded_text_are_loaded_when_it_is_opened(category):
    category.context.route(
        "https://pictures.example/*", lambda route: route.fulfill(content_type="image/png", body=b"")
    )
    story = category.page.locator("article").filter(has_text="有图的长文")
    story.scroll_into_view_if_needed()
    category.page.keyboard.press("End")
    category.page.wait_for_timeout(300)
    assert PICTURE not in category.requests
    with category.page.expect_request(PICTURE):
        story.locator("summary").first.click()
