"""Read the form that a person posted. It is short, so it is read whole before anything else is done with it.

A page about trouble can then post it once more for them.
"""

from urllib.parse import parse_qsl

MAX_FORM_BYTES = 4096


def posted_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form; of several with one name the first counts, and empty ones do not.

    Most forms of ours have only letters and digits, and nothing in them to decode.
    """
    text = body.decode("latin-1")
    if "%" in text or "+" in text:
        pairs = parse_qsl(text)
    else:
        pairs = [(name, value) for name, _, value in (field.partition("=") for field in text.split("&")) if value]
    return dict(reversed(pairs))
