"""The HTML part of a prompt by e-mail: the same words, safe to show, nothing loaded from anywhere."""

import re

from router.channels.email_layout import EmailLayout
from tests.kit.sinks import PAGE_URL, PROMPT, prompt

LAYOUT = EmailLayout()


def test_a_paragraph_that_is_the_link_is_the_button() -> None:
    """Elsewhere in a text the link stays as it is; a line break stays a line break."""
    html = LAYOUT.lay_out(prompt(text=f"One\ntwo\n\n{PAGE_URL}\n\nSee {PAGE_URL} now\n"))
    assert "<p>One<br>two</p>" in html
    assert html.count(f'<a class="button" href="{PAGE_URL}">Open my page</a>') == 1
    assert f'<p>See <a href="{PAGE_URL}">{PAGE_URL}</a> now</p>' in html


def test_what_a_text_holds_is_never_markup() -> None:
    """Names and texts come from people, so they are escaped."""
    html = LAYOUT.lay_out(prompt(text=f'<script>alert(1)</script> & "x"\n\n{PAGE_URL}', subject="</title><img src=x>"))
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in html


def test_nothing_is_loaded_and_only_our_own_links_are_there() -> None:
    """No picture or font reports who opened the mail; the links are the person's page and the unsubscribe page."""
    html = LAYOUT.lay_out(PROMPT)
    assert set(re.findall(r'(?:href|src)="([^"]*)"', html)) == {PAGE_URL, PROMPT.unsubscribe_url}
    assert not re.search(r"url\(|@import|<img|<link|<script", html)
    assert "prefers-color-scheme: dark" in html


def test_a_way_out_in_the_words_is_a_link_of_its_own() -> None:
    """It begins like the page's link and is found whole; then the footer does not repeat it."""
    way_out = PROMPT.unsubscribe_url
    html = LAYOUT.lay_out(
        prompt(text=f"{PAGE_URL}\n\nhttps://acme.example\nNo more: {way_out}\n", website="https://acme.example")
    )
    assert f'<a class="button" href="{PAGE_URL}">' in html
    assert f'No more: <a href="{way_out}">{way_out}</a></p>' in html
    assert '<p><a href="https://acme.example">https://acme.example</a><br>' in html
    assert html.count(way_out) == 2


def test_without_a_way_out_there_is_no_foot() -> None:
    """Without a link to unsubscribe there is no footer, because an empty link would lead nowhere."""
    assert "No more messages" not in LAYOUT.lay_out(prompt(unsubscribe_url=""))
