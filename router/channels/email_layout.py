"""The HTML part of a prompt by e-mail: the words of the text part, in one fixed layout."""

import re

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from router.assets import templates_dir
from router.core.prompt import Message

_TEMPLATE = "prompt_email.html"
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


class EmailLayout:
    """Lays prompts out."""

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
        return self._template.render(
            subject=message.subject,
            paragraphs=paragraphs,
            link=message.page_url,
            unsubscribe_url=message.unsubscribe_url,
        )
