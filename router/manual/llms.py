"""The whole guide for language models: `llms.txt` says what there is, `llms-full.txt` holds all of it.

The form is that of https://llmstxt.org: a title, a summary in a quote, and lists of links to Markdown. A list under
"Optional" may be left out by a reader with little room.
"""

from collections.abc import Iterable
from typing import Final

from router.manual.pages import CHANGELOG, DECISIONS, GLOSSARY, REFERENCE, START, Manual, ManualPage

INDEX_PATH: Final = "/llms.txt"
FULL_PATH: Final = "/llms-full.txt"
_OPENAPI_PATH = "/schema/openapi.json"

_HEAD = """# Switchyard

> Switchyard is a self-hosted gateway that gives each person who signs up on a website a phone number to text: one of
> the lines its operator rents. It follows the operator's shares exactly, closes a line that goes bad at once, and leads
> the people who have it to another number.

The HTTP API is below `{base_url}/api/v1` and takes a key: `Authorization: Bearer sy_…`. The command `switchyard` does
the same things on the server itself, with `--json`. `switchyard mcp` is a Model Context Protocol server over stdio; by
default its tools only read.
"""


def write_index(manual: Manual, base_url: str) -> str:
    """Return `llms.txt`."""
    reference = _item("API reference", f"{base_url}{START}/{REFERENCE}.md", "every operation, body, answer and problem")
    return "\n".join(
        [
            _HEAD.format(base_url=base_url),
            "## Guide",
            "",
            *(_item_of(page, base_url) for page in manual.guide),
            "",
            "## API",
            "",
            reference,
            _item("OpenAPI document", base_url + _OPENAPI_PATH, "the same for tools"),
            _item("Everything in one file", base_url + FULL_PATH, "the guide, the glossary and the API reference"),
            "",
            "## Optional",
            "",
            *(_item_of(manual.pages[name], base_url) for name in (GLOSSARY, CHANGELOG, DECISIONS)),
            *(_item_of(page, base_url) for page in manual.decisions),
            "",
        ]
    )


def write_full(manual: Manual, base_url: str, reference: str) -> str:
    """Return `llms-full.txt`: the guide, the glossary and the API reference, each below its address.

    Args:
        manual: the pages.
        base_url: what addresses begin with.
        reference: the API reference as Markdown.
    """
    pages = [*manual.guide, manual.pages[GLOSSARY]]
    return "\n".join(
        [
            _HEAD.format(base_url=base_url),
            *_in_full((base_url + page.text_address, manual.text_of(page, base_url)) for page in pages),
            *_in_full([(f"{base_url}{START}/{REFERENCE}.md", reference)]),
        ]
    )


def _in_full(pages: Iterable[tuple[str, str]]) -> list[str]:
    return [f"\n---\n\nSource: {address}\n\n{text.strip()}\n" for address, text in pages]


def _item_of(page: ManualPage, base_url: str) -> str:
    return _item(page.title, base_url + page.text_address, page.about)


def _item(title: str, address: str, about: str) -> str:
    return f"- [{title}]({address}): {about}" if about else f"- [{title}]({address})"
