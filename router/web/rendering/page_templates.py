"""The templates of the pages for people, in each of our languages."""

from jinja2 import Environment

from router.assets import StaticFiles, make_templates, templates_dir
from router.core.language import Language
from router.translation import load_catalogues


class PageTemplates:
    """One environment for each language, with the texts of that language in it."""

    def __init__(self, static_files: StaticFiles) -> None:
        catalogues = load_catalogues(templates_dir() / "locales")
        self._catalogues = {language: catalogues[language] for language in Language}
        self._environments = {
            language: make_templates(static_files, catalogue) for language, catalogue in self._catalogues.items()
        }

    def of(self, language: Language) -> Environment:
        """Return the templates in one language."""
        return self._environments[language]

    def translate(self, text: str, language: Language) -> str:
        """Return one of our texts in one language."""
        return self._catalogues[language].translate(text)
