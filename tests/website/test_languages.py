"""The site in two languages: what is in the other one, and the way there and back."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from tests.website.parsed import anchors, soup

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
LANGUAGE, CODE = "zh_CN", "zh-CN"
CATALOGUES = ROOT / "website" / "locale" / LANGUAGE / "LC_MESSAGES"
FILES = sorted(path.relative_to(CATALOGUES).as_posix() for path in CATALOGUES.rglob("*.po"))
PAGES = [name.removesuffix(".po") for name in FILES if name != "sphinx.po"]
HAN = re.compile(r"[\u3400-\u9fff]")

# What a translation keeps: roles with their targets, formulas, addresses of links, and names in code.
ROLE = re.compile(r"\{([a-z:]+)\}`(?:[^`<]*<)?([^`<>]+)>?`")
CODE_SPAN = re.compile(r"`([^`]+)`")
FORMULA = re.compile(r"\$[^$]+\$")
LINK = re.compile(r"\]\(([^)]+)\)")


def messages(name):
    with (CATALOGUES / name).open("rb") as file:
        return [message for message in read_po(file) if message.id]


def kept(text):
    """Everything in a message that no translation changes; a name in code may be repeated or not."""
    bare = ROLE.sub("", text)
    return {
        "roles": sorted(ROLE.findall(text)),
        "formulas": len(FORMULA.findall(CODE_SPAN.sub("", bare))),
        "links": sorted(LINK.findall(text)),
        "code": set(CODE_SPAN.findall(bare)),
    }


@pytest.mark.parametrize("name", FILES)
def test_a_catalogue_is_whole(name):
    """An empty or fuzzy entry is work begun: Sphinx would show English without a word about it."""
    assert messages(name)
    assert [m.id for m in messages(name) if not m.string or m.fuzzy] == []


@pytest.mark.parametrize("name", FILES)
def test_a_translation_keeps_code_formulas_roles_and_links(name):
    for message in messages(name):
        assert kept(message.string) == kept(message.id), message.string
        if name == "sphinx.po":  # its messages are filled in; other braces are LaTeX's
            assert set(re.findall(r"\{(\w+)\}", message.string)) <= set(re.findall(r"\{(\w+)\}", message.id))


@pytest.mark.parametrize("name", FILES)
def test_chinese_is_set_as_chinese(name):
    """Full-width punctuation after Chinese; a space between Chinese and Latin letters, digits, code and formulas."""
    wrong = []
    for message in messages(name):
        text = re.sub(r"\]\([^)]*\)", "]", message.string)
        wrong += re.findall(r".{0,8}[\u3400-\u9fff][,;:?!].{0,8}|.{0,8}[\u3400-\u9fff]\.(?!\w).{0,8}", text)
        wrong += re.findall(r".{0,8}[\u3400-\u9fff][A-Za-z0-9$`].{0,8}", text)
        wrong += re.findall(r".{0,8}[A-Za-z0-9][\u3400-\u9fff].{0,8}", text)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_most_of_a_translated_page_is_up_to_date(html, page):
    """A sentence whose English has changed stands there in English until somebody translates it, and the page says so.

    That is no error: who mends a sentence need not know Chinese (`make translations` lists it for one who does). A page
    of which more than a tenth is English is no translation any more: bring it up to date, or remove its catalogue.
    """
    article = soup(HTML, f"{LANGUAGE}/{page}").find("article")
    stale = [
        tag
        for tag in article.select('[lang="en"]')
        if "moving" in tag.get("class", ()) or not tag.find_parent(class_="text_html")
    ]
    notice = article.select_one(".edition-notice").get_text()
    assert not stale or str(len(stale)) in notice
    assert len(stale) <= len(messages(f"{page}.po")) / 10, [tag.get_text()[:80] for tag in stale]


@pytest.mark.parametrize("page", PAGES)
def test_no_english_paragraph_is_left(html, page):
    """Headings, paragraphs, list items and alternative texts, whatever made them; code and output are English."""
    article = copy.copy(soup(HTML, f"{LANGUAGE}/{page}").find("article"))
    images = [image["alt"] for image in article.find_all("img")]
    output = "div.cell pre, div.cell .text_html:not(:has(.moving))"  # moving figures are translated
    for tag in article.select(f'{output}, script, style, .math, code, [lang="en"]'):
        tag.decompose()
    texts = images + [
        tag.get_text() for tag in article.find_all(["h1", "h2", "h3", "p", "li", "summary", "label", "figcaption"])
    ]
    assert [text for text in texts if len(re.findall(r"[A-Za-z]{2,}", text)) > 1 and not HAN.search(text)] == []
    prose = "".join(tag.get_text() for tag in article.find_all(["p", "li"]))
    assert len(HAN.findall(prose)) > 2 * len(re.findall(r"[A-Za-z]+", prose))


def test_links_of_the_edition_resolve(html):
    """Within it, and out of it to the English site; anchors too."""
    dead = []
    for page in PAGES:
        here = HTML / LANGUAGE / f"{page}.html"
        for tag in soup(HTML, f"{LANGUAGE}/{page}").find_all(["a", "link", "script", "img"]):
            path, _, anchor = (tag.get("href") or tag.get("src") or "#").partition("#")
            if re.match(r"[a-z]+:", path):
                continue
            target = (here.parent / path.partition("?")[0]).resolve() if path else here
            if not target.is_file():
                dead.append(path)
            elif anchor and anchor not in anchors(target):
                dead.append(f"{path}#{anchor}")
    assert dead == []


def test_every_page_leads_to_the_other_language_or_says_that_it_cannot(html):
    """To the same page where there is one, announced to machines as well; else a list says which pages there are."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
    entries = [contents, *chapters, *(section for chapter in chapters for section in chapter.get("sections", []))]
    for doc in [entry.get("file", entry.get("root")) for entry in entries]:
        switch, here = soup(HTML, doc).select_one(".language-switch"), HTML / f"{doc}.html"
        links = switch.find_all("a") if switch.name == "details" else [switch]
        targets = [(here.parent / link["href"]).resolve() for link in links]
        translated = [(HTML / LANGUAGE / f"{page}.html").resolve() for page in ([doc] if doc in PAGES else PAGES)]
        assert targets == translated and all(target.is_file() for target in targets)
        assert {link["hreflang"] for link in links} == {CODE}
        if doc not in PAGES:
            assert switch.summary["lang"] == CODE and len(HAN.findall(switch.get_text())) > 10
        assert (switch.summary if switch.name == "details" else switch).get_text() == "中文"
        assert {tag["hreflang"] for tag in soup(HTML, doc).select('head link[rel="alternate"][hreflang]')} == (
            {"en", CODE} if doc in PAGES else set()
        )
    for doc in PAGES:
        link = soup(HTML, f"{LANGUAGE}/{doc}").select_one("a.language-switch")
        assert (link["hreflang"], link["lang"], link.get_text()) == ("en", "en", "English")
        assert ((HTML / LANGUAGE / f"{doc}.html").parent / link["href"]).resolve() == (HTML / f"{doc}.html").resolve()


def test_headings_keep_their_anchors(html):
    """A link into a page, and the switch, lead to the same place in both languages."""
    for doc in PAGES:
        ids = [
            [tag["id"] for tag in soup(HTML, f"{folder}{doc}").select("article section[id]")]
            for folder in ("", f"{LANGUAGE}/")
        ]
        assert ids[0] == ids[1]


@pytest.mark.parametrize("page", PAGES)
def test_a_translated_page_says_its_language(html, page):
    assert soup(HTML, f"{LANGUAGE}/{page}").html["lang"] == CODE


@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_switches_the_language_and_back(visit, width):
    """And stays where the reader is: the same section is on the screen afterwards."""
    section = "a-character-language-model"
    tab = visit("chapters/01_recurrence", width=width)
    tab.goto(tab.url + f"#{section}")
    for language, word in ((CODE, "字符语言模型"), ("en", "A character language model")):
        tab.locator("a.language-switch").focus()
        tab.keyboard.press("Enter")
        tab.wait_for_load_state("load")
        tab.wait_for_function("code => document.documentElement.lang === code", arg=language)
        assert tab.url.endswith(f"#{section}")
        assert tab.locator(f"#{section} > h2").inner_text().startswith(word)
    assert tab.faults == []


def test_the_switch_can_be_reached_with_the_tab_key(visit):
    tab = visit("chapters/01_recurrence")
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.classList.contains('language-switch')"):
            break
    assert tab.evaluate("document.activeElement.matches('a.language-switch:focus-visible')")


def test_a_page_without_translation_says_so_and_stays(visit):
    tab = visit("chapters/02_gates", width=390)
    switch = tab.locator("details.language-switch")
    switch.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert switch.locator(".choices").is_visible() and tab.url.endswith("chapters/02_gates.html")
    assert "循环" in switch.inner_text()
    box = switch.locator(".choices").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    tab.keyboard.press("Enter")
    assert not switch.locator(".choices").is_visible()


@pytest.mark.parametrize("query", ["隐藏状态", "困惑度", "rnn_step"])
def test_chinese_is_found(visit, query):
    tab = visit(f"{LANGUAGE}/search")
    tab.goto(f"{tab.url}?q={query}")
    tab.locator("#search-results li", has_text="循环").first.wait_for()
    assert tab.faults == []
