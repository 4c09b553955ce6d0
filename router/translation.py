"""Page texts in several languages: gettext catalogues, and a Jinja environment that has one of them compiled in.

The texts in the templates are English, and are the names of the texts in the catalogues. A translated text becomes part
of the compiled template, so a page in Japanese costs what it costs in English: nothing is looked up per request. Only
plurals are, because their number is known no earlier.

`{% trans %}` holds HTML, whose translation is trusted like a template. `_("…")` holds plain text, which is escaped.
"""

import re
from collections.abc import Iterator, Mapping
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

SOURCE_LANGUAGE = "en"
_ASSET = "asset"
_FIXED_NAMES = (_ASSET, "language", "text_direction")
_GAP = re.compile(r"%(?:\((\w+)\)s|(%))")


class Catalogue:
    """The texts of one language.

    Attributes:
        language: its ISO 639 code.
        direction: ltr or rtl.
    """

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self.direction: str = Locale(language).text_direction
        self.translations = translations

    def translate(self, text: str) -> str:
        """Return a text in this language; one that is not in the catalogue stays English."""
        return self.translations.gettext(text)


def load_catalogues(directory: Path) -> Mapping[str, Catalogue]:
    """Read every `.po` file of a folder, by language, with English, which needs none."""
    found = {SOURCE_LANGUAGE: Catalogue(SOURCE_LANGUAGE, NullTranslations())}
    for path in sorted(directory.glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=path.stem, abort_invalid=True))
        compiled.seek(0)
        found[path.stem] = Catalogue(path.stem, Translations(compiled))
    return found


class TranslatedEnvironment(Environment):
    """Templates in one language.

    Args:
        catalogue: its texts.
        options: as for `Environment`.
    """

    def __init__(self, catalogue: Catalogue, **options: Any) -> None:
        super().__init__(extensions=["jinja2.ext.i18n"], **options)
        self._catalogue = catalogue
        self.policies["ext.i18n.trimmed"] = True
        installs: Any = self  # the extension adds the method at run time
        installs.install_gettext_translations(catalogue.translations, newstyle=True)
        self.globals["language"] = catalogue.language
        self.globals["text_direction"] = catalogue.direction

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja's own signature
    ) -> str:
        """Put the translations into the tree of a template before it becomes code."""
        tree = TextTranslator(self._catalogue, self.globals).visit(source)
        return super()._generate(tree, name, filename, defer_init)


class TextTranslator(NodeTransformer):
    """Replaces the calls that the `trans` tag and `_()` have become, and what else is the same on each rendering.

    Args:
        catalogue: the texts.
        fixed: values by name. Names of texts are replaced, and calls of functions with one constant text.
    """

    def __init__(self, catalogue: Catalogue, fixed: Mapping[str, Any] = MappingProxyType({})) -> None:
        self._catalogue = catalogue
        self._fixed = {name: fixed[name] for name in _FIXED_NAMES if name in fixed}

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - named by Jinja
        """Replace the texts among what a template puts out."""
        pieces: list[nodes.Expr] = []
        for piece in node.nodes:
            text = _text_of(piece, "gettext")
            pieces.extend([piece] if text is None else self._translated(text, piece))
        node.nodes = pieces
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named by Jinja
        """Replace a plain text, or the address of a file of ours."""
        if (text := _text_of(node, "_")) is not None:
            return nodes.Const(self._catalogue.translate(text), lineno=node.lineno)
        if _ASSET in self._fixed and (name := _text_of(node, _ASSET)) is not None:
            return nodes.Const(self._fixed[_ASSET](name), lineno=node.lineno)
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - named by Jinja
        """Replace the name of a text that never changes."""
        value = self._fixed.get(node.name)
        return nodes.Const(value, lineno=node.lineno) if isinstance(value, str) and node.ctx == "load" else node

    def _translated(self, text: str, call: nodes.Expr) -> Iterator[nodes.Expr]:
        assert isinstance(call, nodes.Call)
        values = {keyword.key: keyword.value for keyword in call.kwargs}
        translated, end = self._catalogue.translate(text), 0
        for gap in _GAP.finditer(translated):
            yield nodes.TemplateData(translated[end : gap.start()], lineno=call.lineno)
            yield nodes.TemplateData("%", lineno=call.lineno) if gap[2] else values[gap[1]]
            end = gap.end()
        yield nodes.TemplateData(translated[end:], lineno=call.lineno)


def _text_of(node: nodes.Node, function: str) -> str | None:
    """Return the text of a call of this function with one constant; None for any other node."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == function:
        match node.args:
            case [nodes.Const(value=str(text))]:
                return text
    return None
