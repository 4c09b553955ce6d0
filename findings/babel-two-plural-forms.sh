#!/usr/bin/env bash
# Babel 2.19.0 reads a French, Spanish or Portuguese catalogue with two plural forms, and then speaks English.
#
# Guess: these languages have two forms, as nearly every catalogue has and as gettext's manual says, or a missing form is
# reported.
# Seen: Babel takes three forms from Unicode's rules (the third is for millions). A catalogue made with two is written and
# read without a warning, and its check finds nothing. The number 2 then gives the English text; a million gives French.
#
# Needs Python and PyPI. Installs into a temporary folder. Exits 0 if the library still behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" babel==2.19.0
PYTHONPATH=$folder python3 - <<'PYTHON'
from io import BytesIO

import babel
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

made = Catalog(locale="fr")
made.add(("%(n)s minute left", "%(n)s minutes left"), ("encore %(n)s minute", "encore %(n)s minutes"))
file = BytesIO()
write_po(file, made)
file.seek(0)
catalogue = read_po(file, locale="fr")
faults = [fault for message in catalogue if message.id for fault in message.check(catalogue)]
compiled = BytesIO()
write_mo(compiled, catalogue)
compiled.seek(0)
speak = Translations(compiled).ngettext
print("Babel", babel.__version__, "plural forms:", catalogue.num_plurals, "faults found:", faults)
said = {n: speak("%(n)s minute left", "%(n)s minutes left", n) for n in (1, 2, 5, 1_000_000)}
for n, text in said.items():
    print(n, "->", text)
assert (catalogue.num_plurals, faults) == (3, [])
assert said[1] == "encore %(n)s minute"
assert said[2] == said[5] == "%(n)s minutes left"
assert said[1_000_000] == "encore %(n)s minutes"
PYTHON
