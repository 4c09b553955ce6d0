"""The words of consent that a pool's page has shown."""

from datetime import UTC, datetime

from pydantic import Field

from router.schemas.common import AnswerBody
from router.store.shown_words import ShownWords


class WordsAnswer(AnswerBody):
    """Words under which somebody signed up. They never change: other words have another version."""

    version: str = Field(description="as `consent.version` of a signup has it", examples=["0a1b2c3d"])
    language: str = Field(examples=["en"])
    text: str = Field(description="the consent line as it was shown")
    terms_url: str = Field(description="where its link to the terms led; empty for no link")
    privacy_url: str = Field(description="where its link to the privacy policy led; empty for no link")
    first_signup_at: datetime = Field(description="when somebody first signed up under them")

    @classmethod
    def of(cls, version: str, words: ShownWords) -> "WordsAnswer":
        """Build the answer about the words of one version."""
        return cls(
            version=version,
            language=words.language,
            text=words.text,
            terms_url=words.terms_url,
            privacy_url=words.privacy_url,
            first_signup_at=datetime.fromtimestamp(words.first_signup_at_ms / 1000, tz=UTC),
        )
