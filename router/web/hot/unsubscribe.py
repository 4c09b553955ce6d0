"""/t/{token}/quiet: one button stops all prompts to a person, another allows them again.

The List-Unsubscribe header of our mail leads here. A mail program that unsubscribes for its user posts here by itself
(RFC 8058), without cookie or nonce: the token is secret, and opening the page alone changes nothing.
"""

from router.core.assignment import Assignment
from router.services.people.signups import Signups
from router.web.hot.posted_form import posted_form
from router.web.raw_response import RawResponse
from router.web.rendering.pool_pages import PoolPages, page

_WISH, _AGAIN = "wish", "again"


class QuietPage:
    """The page and its two buttons."""

    def __init__(self, signups: Signups) -> None:
        self._signups = signups

    def show(self, pages: PoolPages, assignment: Assignment, page_path: str) -> RawResponse:
        """Show whether the person gets prompts now."""
        return self._page(pages, page_path, is_quiet=assignment.is_quiet or assignment.is_suppressed)

    async def submit(self, pages: PoolPages, assignment: Assignment, page_path: str, body: bytes) -> RawResponse | None:
        """Store what a person wants: no prompts, unless the form says that they want them again.

        Returns:
            The page, or None if the person was erased a moment ago.

        Raises:
            StoreUnavailable
        """
        is_quiet = posted_form(body).get(_WISH) != _AGAIN
        if not await self._signups.set_quiet(pages.view, assignment.code, is_quiet=is_quiet):
            return None
        return self._page(pages, page_path, is_quiet=is_quiet)

    def _page(self, pages: PoolPages, page_path: str, *, is_quiet: bool) -> RawResponse:
        context = pages.brand | {
            "is_quiet": is_quiet,
            "action_url": f"{page_path}/quiet",
            "page_url": page_path,
            "wish": _WISH,
            "again": _AGAIN,
        }
        body = pages.templates.get_template("quiet.html").render(context).encode()
        return page(200, body, *pages.language_headers)
