"""The sandbox's sinks: the app, a mail server and Twilio, with what arrived and the planned answers."""

from collections.abc import AsyncIterator, Iterator, Mapping

import pytest

from router.channels.channel import Channel
from router.channels.configured import channels_of
from router.core.campaigns.prompt import SendOutcome, SendResult
from router.core.channel import ChannelName
from router.settings.loading import load_settings
from router.settings.settings import Settings
from tests.kit.sandboxes import RunningSandbox, start_sandbox
from tests.kit.sinks import PROMPT, prompt

TEXT = prompt(text="Acme: our number has changed. https://go.example.com/t/x")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Start one for all these tests."""
    with start_sandbox(tmp_path_factory.mktemp("sinks"), "--lines", "1") as running:
        yield running


@pytest.fixture(autouse=True)
def emptied(sandbox: RunningSandbox) -> None:
    """Delete every arrival and plan."""
    for sink in ChannelName:
        sandbox.control("DELETE", f"/sinks/{sink}/arrivals")
        sandbox.control("DELETE", f"/sinks/{sink}/answers")
    sandbox.control("PUT", "/sinks/sms/opted-out", {"numbers": []})


@pytest.fixture
async def channels(
    sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[ChannelName, Channel]]:
    """Open every channel with the settings that an operator would write for the sandbox."""
    opened = channels_of(settings_for(sandbox, tmp_path_factory), wall_s=lambda: 1_800_000_000.0)
    yield opened
    for channel in opened.values():
        await channel.aclose()


def settings_for(sandbox: RunningSandbox, factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of a gateway whose prompts end in the sandbox."""
    return load_settings(sandbox.channel_settings, directory=factory.mktemp("settings"))


async def test_every_channel_ends_in_its_sink(sandbox: RunningSandbox, channels: Mapping[ChannelName, Channel]) -> None:
    """The control API shows what arrived, parsed."""
    for name, channel in channels.items():
        result = await channel.send(TEXT if name is ChannelName.SMS else PROMPT)
        assert result.outcome is SendOutcome.SENT, f"{name}: {result}"
    (arrival,) = sandbox.control("GET", "/sinks/app/arrivals")["arrivals"]
    assert (arrival["path"], arrival["body"]["data"]["user"]) == ("/app/hooks", "u-1")
    (mail,) = sandbox.control("GET", "/sinks/email/arrivals")["arrivals"]
    assert (mail["to"], mail["subject"], mail["text"]) == (["ada@example.com"], PROMPT.subject, PROMPT.text)
    (text,) = sandbox.control("GET", "/sinks/sms/arrivals")["arrivals"]
    assert (text["body"]["To"], text["body"]["Body"], text["status"]) == ("+12025550199", TEXT.text, 201)
    counts = {name: sink["arrivals"] for name, sink in sandbox.control("GET", "/sinks")["sinks"].items()}
    assert counts == {"app": 1, "email": 1, "sms": 1}
    assert {sandbox.control("GET", f"/sinks/{name}/arrivals")["total"] for name in counts} == {1}


@pytest.mark.parametrize("name", ChannelName)
async def test_a_sink_refuses_as_planned(
    sandbox: RunningSandbox, channels: Mapping[ChannelName, Channel], name: ChannelName
) -> None:
    """It refuses the planned number of messages, and then accepts."""
    status = 451 if name is ChannelName.EMAIL else 429
    sandbox.control("POST", f"/sinks/{name}/answers", {"status": status, "retry_after_s": 2, "times": 2})
    results: list[SendResult] = [await channels[name].send(TEXT) for _ in range(3)]
    assert [result.outcome for result in results] == [SendOutcome.RETRY, SendOutcome.RETRY, SendOutcome.SENT]
    came = sandbox.control("GET", f"/sinks/{name}/arrivals")["arrivals"]
    assert [each["is_taken"] for each in came] == [True, False, False]


@pytest.mark.parametrize("name", ChannelName)
async def test_a_sink_receives_a_message_and_never_answers(
    sandbox: RunningSandbox, channels: Mapping[ChannelName, Channel], name: ChannelName
) -> None:
    """This looks like a crash between receipt and answer."""
    sandbox.control("POST", f"/sinks/{name}/answers", {"kind": "reset"})
    assert (await channels[name].send(TEXT)).outcome is SendOutcome.UNKNOWN
    (came,) = sandbox.control("GET", f"/sinks/{name}/arrivals")["arrivals"]
    assert came["is_taken"]


async def test_a_person_who_said_stop_to_the_number(
    sandbox: RunningSandbox, channels: Mapping[ChannelName, Channel]
) -> None:
    """Twilio refuses them from then on."""
    sandbox.control("PUT", "/sinks/sms/opted-out", {"numbers": ["+12025550199"]})
    result = await channels[ChannelName.SMS].send(TEXT)
    assert (result.outcome, result.reason) == (SendOutcome.FAILED, "opted out of texts (21610)")


def test_a_plan_that_makes_no_sense_is_refused(sandbox: RunningSandbox) -> None:
    """A misspelt field, a status that refuses nothing, an unknown sink."""
    assert sandbox.ask("POST", "/sinks/app/answers", {"statsu": 500}).status_code == 422
    assert sandbox.ask("POST", "/sinks/app/answers", {"status": 200}).status_code == 422
    assert sandbox.ask("POST", "/sinks/fax/answers", {}).status_code == 404
    assert sandbox.control("GET", "/sinks/app/answers") == {"answers": []}
