"""The catalogues: every text of every page is there in every language, with its gaps and tags, and nothing else is.

To add a text: write it in English in the template, as `_("…")` or `{% trans %}…{% endtrans %}`, and add it to each file
of templates/locales/.
"""

import re
from collections import Counter
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import nodes

from router.assets import load_static, make_templates, static_dir, templates_dir
from router.core.language import Language
from router.core.pools.consent import DEFAULT_WORDS
from router.translation import SOURCE_LANGUAGE, Catalogue, TextTranslator, TranslatedEnvironment, load_catalogues

LOCALES = templates_dir() / "locales"
NOT_FOR_PEOPLE = {"_layout.html", "api.html", "manual.html", "sandbox.html", "welcome.html", "prompt_email.html"}
PAGES = sorted(path.name for path in templates_dir().glob("*.html") if path.name not in NOT_FOR_PEOPLE)
TRANSLATED = [language for language in Language if language != SOURCE_LANGUAGE]
# A button or label that grows beyond this breaks a phone's line; the sum of a page is judged by the browser tests.
LONGEST_SHARE, ALWAYS_FINE = 2.4, 24

GAP = re.compile(r"%\(\w+\)s|\{\w+\}")
TAG = re.compile(r"<[^>]+>")
Texts = str | tuple[str, str]


def texts_in_templates() -> set[Texts]:
    """Return every text that is to be translated; one with a plural is a pair."""
    environment = make_templates(load_static(static_dir()))
    found: set[Texts] = set(DEFAULT_WORDS.values())
    for path in templates_dir().glob("*.html"):
        for _, function, texts in environment.extract_translations(path.read_text()):  # type: ignore[attr-defined]
            if function == "ngettext":
                found.add((texts[0], texts[1]))
            else:
                found.add(texts if isinstance(texts, str) else texts[0])
    return found


def read(language: Language) -> Catalog:
    """Return the catalogue of a language."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language.value, abort_invalid=True)


def pairs(catalogue: Catalog) -> list[tuple[str, str]]:
    """Return each form of each text with its translation."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, str):
            found.append((message.id, str(message.string)))
        else:
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            found += [(message.id[1], form) for form in forms[1:] or forms]
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_text_and_no_other(language: Language) -> None:
    """Nothing is missing, empty, fuzzy, obsolete or left over from an older page."""
    catalogue = read(language)
    known = {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}
    assert known == texts_in_templates()
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    assert catalogue.obsolete == {}
    for message in catalogue:
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(forms), message.id
        if not isinstance(message.id, str):
            assert len(forms) == len(Locale(language.value).plural_form.tags) + 1


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_gaps_and_tags_of_its_text(language: Language) -> None:
    """Otherwise a name or number would be missing, or a link broken."""
    for text, translation in pairs(read(language)):
        assert Counter(GAP.findall(translation)) == Counter(GAP.findall(text)), translation
        assert Counter(TAG.findall(translation)) == Counter(TAG.findall(text)), translation
        assert ("STOP" in translation, "HELP" in translation) == ("STOP" in text, "HELP" in text)
        assert translation == translation.strip()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_about_as_long_as_its_text(language: Language) -> None:
    """A phone is narrow."""
    for text, translation in pairs(read(language)):
        assert len(translation) <= max(ALWAYS_FINE, len(text) * LONGEST_SHARE), translation


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_how_it_speaks_to_people(language: Language) -> None:
    """Its first lines are notes for whoever adds a text."""
    assert "Notes for translators" in (LOCALES / f"{language}.po").read_text().split("msgid", 1)[0]


def test_no_text_says_the_same_as_in_english() -> None:
    """Words that are the same by chance are named here."""
    same = {text for language in TRANSLATED for text, translation in pairs(read(language)) if text == translation}
    assert same == set()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_for_people_has_a_text_outside_the_catalogues(name: str) -> None:
    """All letters that people see, or hear from a screen reader, come from a catalogue or are data."""
    environment = make_templates(load_static(static_dir()))
    tree = TextTranslator(Catalogue("en", Pseudo())).visit(environment.parse((templates_dir() / name).read_text()))
    reader = Seen()
    for output in tree.find_all(nodes.Output):
        for piece in output.nodes:
            reader.feed(piece.data if isinstance(piece, nodes.TemplateData) else "0")
    assert [text for text in reader.texts if re.search(r"[^\W\d_]", re.sub(r"\[[^]]*\]", "", text))] == []


class Pseudo(NullTranslations):
    """Translates into nothing but brackets."""

    def gettext(self, message: str) -> str:
        """Return the gaps of a text."""
        return f"[{''.join(GAP.findall(message))}]"


class Seen(HTMLParser):
    """Collects what people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Collect a text."""
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the texts among the attributes."""
        del tag
        self.texts += [
            value for name, value in attrs if value and name in {"alt", "aria-label", "title", "placeholder"}
        ]


def environment_in(directory: Path, language: str) -> TranslatedEnvironment:
    """Return an environment with the texts of one small catalogue."""
    (directory / "de.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Hi"\nmsgstr "Hallo & \\"du\\""\n\n'
        'msgid "<b>Hi</b> %(name)s, 100%%"\nmsgstr "100%% <b>Hallo</b> %(name)s"\n\n'
        'msgid "One"\nmsgid_plural "%(count)s"\nmsgstr[0] "Eins"\nmsgstr[1] "%(count)s Stück"\n'
    )
    return TranslatedEnvironment(load_catalogues(directory)[language], autoescape=True)


def test_plain_texts_are_escaped_and_html_is_kept(tmp_path: Path) -> None:
    """What a person typed is escaped in both."""
    german = environment_in(tmp_path, "de")
    plain = german.from_string('<p title="{{ _("Hi") }}">{{ _("Hi") if yes else _("Other") }}</p>')
    assert plain.render(yes=True) == '<p title="Hallo &amp; &#34;du&#34;">Hallo &amp; &#34;du&#34;</p>'
    assert plain.render(yes=False).endswith(">Other</p>")
    rich = german.from_string("{% trans name=who %}<b>Hi</b> {{ name }}, 100%{% endtrans %}")
    assert rich.render(who="<i>") == "100% <b>Hallo</b> &lt;i&gt;"
    assert (
        environment_in(tmp_path, "en")
        .from_string("{% trans name=who %}<b>Hi</b> {{ name }}, 100%{% endtrans %}")
        .render(who="A")
        == "<b>Hi</b> A, 100%"
    )


def test_a_plural_follows_its_number(tmp_path: Path) -> None:
    """By the rule in the catalogue's head."""
    text = "{% trans count=n %}One{% pluralize %}{{ count }}{% endtrans %}"
    german = environment_in(tmp_path, "de").from_string(text)
    assert [german.render(n=n) for n in (0, 1, 2)] == ["0 Stück", "Eins", "2 Stück"]
    assert environment_in(tmp_path, "en").from_string(text).render(n=1) == "One"


def test_texts_are_part_of_the_compiled_page() -> None:
    """A page costs the same in every language: no text is looked up when it is rendered."""
    environment = make_templates(load_static(static_dir()), load_catalogues(LOCALES)["ja"])
    code = environment.compile((templates_dir() / "person.html").read_text(), raw=True)
    assert "メッセージ" in code.encode().decode("unicode_escape", "ignore") or "\\u30e1" in ascii(code)
    assert "gettext" not in code
