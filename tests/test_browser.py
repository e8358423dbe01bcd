"""The pages in a real browser: nothing to complain of for it, for axe-core, for a phone or at night."""

from __future__ import annotations

import pytest

from browser import DESK, PHONE, chromium, english, missing, sample, serving, visit

if missing():
    pytest.skip(missing(), allow_module_level=True)

PAGES = ("", "guangzhouribao/", "status", "guangzhouribao/atom.xml", "guangzhouribao/rss.xml")


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return sample(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def address(site):
    with serving(site) as at:
        yield at


def assert_sound(seen, address):
    """No error, nothing that the policy refused, nothing from elsewhere, nothing that axe-core finds."""
    assert seen.faults == []
    assert seen.strays(address) == []
    assert seen.axe() == []


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path or "index")
def test_a_page_is_sound_by_day_and_night_on_phone_and_desk(browser, address, path, width):
    with visit(browser, address + path, width=width) as seen:
        assert seen.overflow() <= 0
        assert_sound(seen, address)
        seen.page.emulate_media(color_scheme="dark")
        assert_sound(seen, address)


def test_an_english_site_is_sound_and_says_its_language(browser, tmp_path):
    with serving(english(tmp_path)) as address, visit(browser, address) as seen:
        for link, heading in (("", "Harbour News"), ("harbour/", "Harbour")):
            seen.page.goto(address + link)
            assert seen.page.locator("html").get_attribute("lang") == "en"
            assert seen.page.locator("h1").inner_text() == heading
            assert_sound(seen, address)


def test_a_fault_in_a_page_would_be_found(browser, address):
    """What finds nothing in our pages finds what is wrong: colour, policy, width, a stranger's file."""
    with visit(browser, address, width=PHONE) as seen:
        seen.page.evaluate("""() => {
            document.querySelector('h1').style.color = 'color-mix(in srgb, var(--paper), var(--ink) 20%)';
            document.querySelector('main').style.minWidth = '500px';
            document.body.append(Object.assign(document.createElement('script'), {src: 'https://stranger.example/a.js'}));
            document.querySelector('footer').append(Object.assign(new Image(), {src: 'https://stranger.example/a.png'}));
        }""")
        # Not wait_for_function: that evaluates in the page, which the page's own policy forbids.
        seen.page.evaluate(
            "() => { const i = document.images[0]; return i.complete || new Promise(r => i.onload = i.onerror = r) }"
        )
        assert seen.overflow() > 0
        assert {line.partition(":")[0] for line in seen.axe()} >= {"color-contrast", "image-alt"}
        assert any("script-src" in fault for fault in seen.faults)
        assert set(seen.strays(address)) == {"https://stranger.example/a.js", "https://stranger.example/a.png"}


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_feed_opened_directly_is_styled_and_leads_to_its_page(browser, address, name, scheme):
    with visit(browser, f"{address}guangzhouribao/{name}", scheme=scheme) as seen:
        link = seen.page.locator("a").first
        assert link.get_attribute("href") == "https://news.example/guangzhouribao/"
        assert link.bounding_box()["y"] < 100
        title = seen.page.locator("entry > title, item > title").first
        assert title.is_visible()
        assert title.evaluate("e => getComputedStyle(e).fontSize") == "22px"
        assert not seen.page.locator("id, guid").first.is_visible()
        paper = title.evaluate("e => getComputedStyle(document.documentElement).backgroundColor")
        assert paper == {"light": "rgb(250, 246, 238)", "dark": "rgb(21, 19, 15)"}[scheme]


@pytest.mark.parametrize("path", ["index.html", "guangzhouribao/index.html", "guangzhouribao/atom.xml"])
def test_pages_on_a_disk_are_styled_too(browser, site, path):
    with visit(browser, (site / "feeds" / path).as_uri()) as seen:
        assert seen.faults == []
        assert seen.strays("file://") == []
        paper = seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert paper == "rgb(250, 246, 238)"


def test_links_on_a_disk_lead_to_pages(browser, site):
    start = site / "feeds" / "index.html"
    with visit(browser, start.as_uri()) as seen:
        seen.page.locator(".index h3 a").filter(has_text="广州日报").click()
        assert seen.page.locator("h1").inner_text() == "广州日报"
        assert seen.page.url == (start.parent / "guangzhouribao" / "index.html").as_uri()
        seen.page.locator(".masthead a").click()
        assert seen.page.url == start.as_uri()
