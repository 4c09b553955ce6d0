"""Print what Evolution's EVCard reads in each card named on the command line, as one JSON list.

Run by the system's Python, which alone sees Debian's GObject bindings.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import gi  # type: ignore[import-not-found, unused-ignore]

gi.require_version("EBookContacts", "1.2")
from gi.repository import EBookContacts  # type: ignore[import-not-found, unused-ignore] # noqa: E402


def read(path: str) -> dict[str, Any]:
    """Return the card as Evolution understands it."""
    vcard = EBookContacts.VCard.new_from_string(Path(path).read_bytes().decode())
    attributes = vcard.get_attributes()
    labels = {each.get_group(): each.get_value() for each in attributes if each.get_name() == "X-ABLabel"}
    photo = EBookContacts.Contact.new_from_vcard(vcard.to_string(EBookContacts.VCardFormat(1))).get_property("photo")
    return {
        "name": first(attributes, "FN"),
        "organization": first(attributes, "ORG"),
        "note": first(attributes, "NOTE"),
        "website": first(attributes, "URL"),
        "photo_sha256": sha256(bytes(photo.get_inlined())).hexdigest() if photo else None,
        "numbers": [
            (each.get_value(), each.has_type("PREF"), labels.get(each.get_group(), ""))
            for each in attributes
            if each.get_name() == "TEL"
        ],
        "complaints": [],
    }


def first(attributes: list[Any], name: str) -> str:
    """Return the only property of that name with its parts joined as they would be cut, or nothing."""
    return next((";".join(each.get_values()) for each in attributes if each.get_name() == name), "")


json.dump([read(path) for path in sys.argv[1:]], sys.stdout)
