"""Lay out the HTML part of an e-mail prompt: the words of the text part, in one fixed layout."""

import re
from collections.abc import Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from router.assets import templates_dir
from router.core.campaigns.prompt import Message

_TEMPLATE = "prompt_email.html"
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


class EmailLayout:
    """Renders prompts as HTML."""

    def __init__(self) -> None:
        templates = Environment(
            loader=FileSystemLoader(templates_dir()),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._template = templates.get_template(_TEMPLATE)

    def lay_out(self, message: Message) -> str:
        """Return a prompt as HTML."""
        paragraphs = [part.strip().split("\n") for part in _BETWEEN_PARAGRAPHS.split(message.text) if part.strip()]
        # A link that begins with another one comes first, so that it is found whole.
        ours = {message.unsubscribe_url, message.page_url, message.website} - {""}
        links = sorted(ours, key=len, reverse=True)
        names_way_out = bool(message.unsubscribe_url) and message.unsubscribe_url in message.text
        return self._template.render(
            subject=message.subject,
            paragraphs=[[_cut_at_links(line, links) for line in paragraph] for paragraph in paragraphs],
            link=message.page_url,
            unsubscribe_url="" if names_way_out else message.unsubscribe_url,
        )


def _cut_at_links(line: str, links: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the parts of a line, each with whether it is one of the links."""
    pattern = "|".join(map(re.escape, links))
    return [(part, place % 2 == 1) for place, part in enumerate(re.split(f"({pattern})", line)) if part]
