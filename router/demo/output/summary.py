"""The first and the last words that the demo prints."""

import textwrap

from rich.text import Text

from router.demo.output.formats import count_people, format_time
from router.demo.output.prompt_totals import PromptTotals
from router.demo.output.run_events import Ended, Opened


def describe_opening(opened: Opened) -> Text:
    """Describe the demo and the pages to open. Say that nothing reaches a phone."""
    text = Text()
    text.append("\nSwitchyard demo\n", style="bold")
    text.append(
        "A gateway, a sandbox that stands in for Linq, and made-up people who sign up\n"
        "and text. All of it runs on this machine: nothing reaches a real phone, and the\n"
        "numbers belong to nobody. Ctrl+C ends it.\n\n"
    )
    pages = (
        ("signup page", opened.signup_url, "press its button yourself"),
        ("sandbox", opened.sandbox_url, "flag a line, text as a person"),
        ("API", opened.api_url, "what your back end can call"),
        ("admin key", opened.admin_key, ""),
        ("data", opened.data_dir or "temporary", "kept" if opened.data_dir else "removed at the end"),
    )
    for name, value, remark in pages:
        text.append(f"  {name:<13}")
        text.append(f"{value:<34}" if remark else value, style="bold")
        text.append(f"{remark}\n", style="dim")
    if opened.sentence:
        text.append(f"\nNote: {opened.sentence}.\n", style="yellow")
    text.append("\nSetting up as you would, which takes ten to twenty seconds:\n")
    return text


def describe_ending(ended: Ended, width: int) -> Text:
    """Describe the result, good or bad."""
    totals = ended.totals
    summary = (
        f"{count_people(totals.signed_up)} signed up, {totals.confirmed} texted with their code, {totals.met} without, "
        f"{totals.moved} moved to another line, {totals.opted_out} opted out."
    )
    told = [summary]
    if ended.counted is not None and ended.counted != totals.signed_up:
        told.append(
            f"The gateway gave a line {ended.counted} times: also to those who came back to a closed line before they "
            "had texted, and to you, if you pressed the button."
        )
    if totals.turned_away:
        told.append(f"{totals.turned_away} were asked to try again later, as no line could take them.")
    if totals.came_back:
        same = totals.came_back - ended.came_back_elsewhere
        told.append(f"{totals.came_back} came back later; {same} of them found their own page.")
    told.append(_promise(ended))
    if totals.troubles:
        told.append(f"{totals.troubles} times something did not work that should have.")
    told.append(f"The data stays in {ended.kept_in}." if ended.kept_in else "The temporary data is removed.")
    if ended.prompting.campaigns:
        told.append(_format_prompts(ended.prompting))
    text = Text(f"\nEnded after {format_time(ended.ran_s)}.\n", style="bold")
    for paragraph in told:
        text.append(
            textwrap.fill(paragraph, width - 2, initial_indent="  ", subsequent_indent="  ") + "\n", style="not bold"
        )
    for is_kept, words in _facts(ended.prompting):
        folded = textwrap.fill(words, width - 2, initial_indent=" " * 6, subsequent_indent=" " * 6)[6:]
        text.append("  ok  " if is_kept else "  NO  ", style="not bold green" if is_kept else "bold red")
        text.append(f"{folded}\n", style="not bold")
    return text


def _format_prompts(prompting: PromptTotals) -> str:
    campaigns = "One campaign" if prompting.campaigns == 1 else f"{prompting.campaigns} campaigns"
    if not prompting.people:
        return f"{campaigns} prompted nobody. Checked:"
    channels = ", ".join(f"{count} by {name}" for name, count in sorted(prompting.by_channel.items()))
    return f"{campaigns} prompted {count_people(prompting.people)}: {channels}. Checked, by what arrived:"


def _facts(prompting: PromptTotals) -> list[tuple[bool, str]]:
    """Return for each promise whether it was kept, and the finding."""
    found = [
        (prompting.twice, prompting.people, "got a second prompt"),
        (prompting.opted_out_prompted, prompting.opted_out, "who had sent STOP before the flag got one"),
        (prompting.spared_prompted, prompting.spared, "who waited when their line recovered got one after that"),
        (prompting.moved_elsewhere, prompting.moved, "who moved are on another line than the one they texted"),
    ]
    told = [
        (not broken, f"{broken or 'none'} of {count_people(people)} {words}")
        for broken, people, words in found
        if people
    ]
    most = f"{prompting.most_to_a_line} people at most were sent to one line; it may be sent"
    told.append((not prompting.lines_over, f"{most} {prompting.allowance} an hour, fewer while it warms up"))
    return told if prompting.campaigns else []


def _promise(ended: Ended) -> str:
    if not ended.flags:
        return "No line was flagged in that time, so there is nothing to say of flagged lines."
    lines = "A line was flagged once" if ended.flags == 1 else f"Lines were flagged {ended.flags} times"
    meanwhile = f"{lines}, for {ended.closed_s:.0f} s in all. {count_people(ended.newcomers)} signed up meanwhile, and "
    if ended.to_flagged:
        return meanwhile + f"{ended.to_flagged} WERE GIVEN A FLAGGED LINE. That must not happen: please report it."
    return meanwhile + (
        "none of them was given a flagged line: not by the pages they saw, and not by the gateway's own count of the "
        "people it gave each line, from its answer to the flag until the recovery."
    )
