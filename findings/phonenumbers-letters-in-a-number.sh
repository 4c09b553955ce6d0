#!/usr/bin/env bash
# phonenumbers 9.0.43 drops one or two letters inside a number, and returns another, shorter number without an error.
#
# Guess: letters are mapped to the digits of their keys, as in a vanity number, or the text is refused.
# Seen: "+1-202-KL5-0101" is parsed as +120250101. Only three letters or more in a row are mapped: "+1-202-KLM-0101".
# A program that takes what people type must look for letters itself.
#
# Needs Python and PyPI. Installs into a temporary folder. Exits 0 if the library still behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" phonenumbers==9.0.43
PYTHONPATH=$folder python3 - <<'PYTHON'
import phonenumbers as library


def parsed(text: str) -> str:
    return library.format_number(library.parse(text, None), library.PhoneNumberFormat.E164)


print("phonenumbers", library.__version__)
for text, number in {"+1-202-KL5-0101": "+120250101", "+1-202-KLM-0101": "+12025560101"}.items():
    print(text, "->", parsed(text))
    assert parsed(text) == number
PYTHON
