"""A pool of a made-up brand in a running gateway, with what its operator sees and does."""

from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image, ImageDraw

from tests.kit.gateways import RunningGateway
from tests.kit.user_agents import SAFARI
from tests.kit.visitors import Visitor

NAME = "Acme"
GREETING = "Questions about your order? Text us, a person answers."
TEXT = "Hi Acme! {code}"
COLOUR = "#0f766e"
# For gateways whose store is not the subject of a test: a busy machine is then slow, but never a reason for a 503.
PATIENT_MS = "5000"
# Apart from +1 202 555 01xx, which tests give to people: a line of ours is refused as a person.
_FIRST_NUMBER = 12025552001
_taken = count()
_PLAIN_HTTP: dict[str, Any] = {"verify": False}  # loading the machine's certificates would take 50 ms a call


@dataclass(frozen=True, slots=True)
class SamplePool:
    """A pool with its lines, all of full weight."""

    gateway: RunningGateway
    id: str
    numbers: tuple[str, ...]

    @property
    def path(self) -> str:
        """The path of its signup link."""
        return f"/j/{self.id}"

    def visitor(self, user_agent: str = SAFARI) -> Visitor:
        """Return a new visitor, whose browser has never been here."""
        return Visitor(self.gateway.base_url, user_agent)

    def people_so_far(self) -> int:
        """Count the people that its lines were ever given."""
        return sum(line["people_so_far"] for line in self._ask("GET", "/lines"))

    def people_now(self) -> int:
        """Count the people who have a place on its lines now."""
        return sum(line["reserved"] + line["confirmed"] for line in self._ask("GET", "/lines"))

    def sign_up(self, user: str) -> dict[str, Any]:
        """Sign a person up as a back end does."""
        answer: dict[str, Any] = self._ask("POST", "/signups", json={"user": user})
        return answer

    def confirm(self, code: str) -> None:
        """Report that the person texted their line."""
        self._ask("POST", f"/signups/{code}/confirm")

    def flag(self, *numbers: str) -> None:
        """Flag lines, as the provider would."""
        for number in numbers:
            self._ask("POST", f"/lines/{number}/flag", json={"reason": "flagged in a test"})

    def unflag(self, *numbers: str) -> None:
        """Lift the flags of lines."""
        for number in numbers:
            self._ask("POST", f"/lines/{number}/unflag", json={"reason": "a test is over"})

    def upload_photo(self, picture: Image.Image) -> None:
        """Give the pool a logo."""
        file = BytesIO()
        picture.save(file, "PNG")
        self._ask("PUT", "/photo", content=file.getvalue())

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        return self.gateway.api(method, f"/pools/{self.id}{path}", **more, **_PLAIN_HTTP).json()


def open_pool(
    gateway: RunningGateway, pool_id: str, *, lines: int = 3, first_number: int = _FIRST_NUMBER, **settings: object
) -> SamplePool:
    """Make a pool, with numbers that no other pool has."""
    defaults = {"id": pool_id, "name": NAME, "greeting": GREETING, "text": TEXT, "colour": COLOUR}
    gateway.api("POST", "/pools", json=defaults | settings, **_PLAIN_HTTP)
    numbers = tuple(f"+{first_number + next(_taken)}" for _ in range(lines))
    for number in numbers:
        gateway.api("POST", f"/pools/{pool_id}/lines", json={"number": number, "warm": True}, **_PLAIN_HTTP)
    return SamplePool(gateway, pool_id, numbers)


def draw_logo() -> Image.Image:
    """Draw a logo that no company has: two speech bubbles."""
    picture = Image.new("RGB", (512, 512), COLOUR)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((96, 112, 352, 288), 64, fill="#ccfbf1")
    pen.polygon([(144, 280), (144, 352), (216, 284)], fill="#ccfbf1")
    pen.rounded_rectangle((208, 224, 424, 384), 64, fill="#5eead4")
    pen.polygon([(384, 376), (392, 440), (320, 380)], fill="#5eead4")
    return picture


def draw_noise() -> Image.Image:
    """Draw the picture that compresses worst."""
    return Image.merge("RGB", [Image.effect_noise((600, 600), 120) for _ in range(3)])
