"""The HTML part of a prompt by e-mail: the same words, safe to show, nothing loaded from anywhere."""

import re

from router.channels.email_layout import EmailLayout
from tests.sinks import PAGE_URL, PROMPT, prompt

LAYOUT = EmailLayout()


def test_a_paragraph_that_is_the_link_is_the_button() -> None:
    """Elsewhere in a text the link stands as it is; a line break stays one."""
    html = LAYOUT.lay_out(prompt(text=f"One\ntwo\n\n{PAGE_URL}\n\nSee {PAGE_URL} now\n"))
    assert "<p>One<br>two</p>" in html
    assert html.count(f'<a class="button" href="{PAGE_URL}">Open my page</a>') == 1
    assert f'<p>See <a href="{PAGE_URL}">{PAGE_URL}</a> now</p>' in html


def test_what_a_text_holds_is_never_markup() -> None:
    """Names and texts come from people."""
    html = LAYOUT.lay_out(prompt(text=f'<script>alert(1)</script> & "x"\n\n{PAGE_URL}', subject="</title><img src=x>"))
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in html


def test_nothing_is_loaded_and_only_our_own_links_are_there() -> None:
    """No picture or font tells who opened it; the links are the person's page and the way out."""
    html = LAYOUT.lay_out(PROMPT)
    assert set(re.findall(r'(?:href|src)="([^"]*)"', html)) == {PAGE_URL, PROMPT.unsubscribe_url}
    assert not re.search(r"url\(|@import|<img|<link|<script", html)
    assert "prefers-color-scheme: dark" in html


def test_without_a_way_out_there_is_no_foot() -> None:
    """An empty link would lead nowhere."""
    assert "No more messages" not in LAYOUT.lay_out(prompt(unsubscribe_url=""))
