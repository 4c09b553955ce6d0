"""/t/{token}/quiet: where a person says that they want no prompts, with one button, and takes it back with another.

It is what the List-Unsubscribe header of our mail leads to. A mail program that unsubscribes for its user posts here by
itself (RFC 8058), without cookie or nonce: the token is secret, and opening the page alone changes nothing.
"""

from urllib.parse import parse_qs

from router.core.assignment import Assignment
from router.services.signups import Signups
from router.web.answer import Answer, Receive, read_body
from router.web.pool_pages import PageShelf, PoolPages, page

_FORM_LIMIT_BYTES = 4096
_WISH, _AGAIN = "wish", "again"


class QuietPage:
    """The page, its button, and the way back."""

    def __init__(self, signups: Signups, shelf: PageShelf) -> None:
        self._signups = signups
        self._shelf = shelf

    def show(self, pages: PoolPages, assignment: Assignment, page_path: str) -> Answer:
        """Show what a person wants now."""
        return self._page(pages, page_path, is_quiet=assignment.is_quiet)

    async def take(self, pages: PoolPages, assignment: Assignment, page_path: str, receive: Receive) -> Answer | None:
        """Take down what a person wants: no prompts, unless the form says that they want them again.

        Returns:
            The page, or None for somebody who was erased a moment ago.

        Raises:
            BodyTooLarge, StoreUnavailable
        """
        form = parse_qs((await read_body(receive, limit_bytes=_FORM_LIMIT_BYTES)).decode("latin-1"))
        is_quiet = form.get(_WISH, [""])[0] != _AGAIN
        if not await self._signups.set_quiet(pages.view, assignment.code, is_quiet=is_quiet):
            return None
        return self._page(pages, page_path, is_quiet=is_quiet)

    def _page(self, pages: PoolPages, page_path: str, *, is_quiet: bool) -> Answer:
        context = pages.brand | {
            "is_quiet": is_quiet,
            "action_url": f"{page_path}/quiet",
            "page_url": page_path,
            "wish": _WISH,
            "again": _AGAIN,
        }
        return page(200, self._shelf.templates.get_template("quiet.html").render(context).encode())
