"""Numbers at the running gateway: impossible ones are refused with the fix, over HTTP and on the command line."""

import json
from typing import Any

import httpx
import pytest

from tests.kit.commands import run_command
from tests.kit.gateways import RunningGateway
from tests.kit.sample_pools import SamplePool

GOOD, NEWER = "+12125550144", "+16212345678"
IMPOSSIBLE = [
    ("+112125550144", "+12125550144"),
    ("+4407700900124", "+447700900124"),
    ("+999999999999", None),
    ("+121255501", None),
    ("+11111111111", None),
    ("+44770090012", None),
    ("+5215555550101", "+525555550101"),
]


def ask(gateway: RunningGateway, method: str, path: str, **more: Any) -> httpx.Response:
    """Call the API; the response may be a refusal."""
    headers = {"Authorization": f"Bearer {gateway.admin_key}"}
    return httpx.request(method, f"{gateway.base_url}/api/v1{path}", headers=headers, timeout=10, **more)


def add_line(gateway: RunningGateway, pool: SamplePool, number: str, **more: object) -> httpx.Response:
    """Add a line over the API."""
    return ask(gateway, "POST", f"/pools/{pool.id}/lines", json={"number": number, **more})


def sign_up(gateway: RunningGateway, pool: SamplePool, **body: object) -> httpx.Response:
    """Sign up a person over the API."""
    return ask(gateway, "POST", f"/pools/{pool.id}/signups", json=body)


def numbers_of(gateway: RunningGateway, pool: SamplePool) -> list[str]:
    """Return the lines of the pool."""
    return [line["number"] for line in ask(gateway, "GET", f"/pools/{pool.id}/lines").json()]


@pytest.mark.parametrize(("number", "likely"), IMPOSSIBLE)
def test_an_impossible_number_becomes_no_line(
    gateway: RunningGateway, pool: SamplePool, number: str, likely: str | None
) -> None:
    """The problem names the field, what is wrong and the likely right number. An operator who insists gets the line."""
    made = add_line(gateway, pool, GOOD)
    assert (made.status_code, made.json()["warning"]) == (201, "")
    refused = add_line(gateway, pool, number)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["field"]) == (422, "invalid_number", "number")
    assert (f"Did you mean {likely}?" in problem["detail"]) == (likely is not None)
    assert number not in numbers_of(gateway, pool)
    unchecked = add_line(gateway, pool, number, unchecked=True)
    assert (unchecked.status_code, bool(unchecked.json()["warning"])) == (201, True)
    changed = ask(gateway, "PATCH", f"/pools/{pool.id}/lines/{number}", json={"weight": 7})
    assert (changed.status_code, changed.json()["weight"]) == (200, 7)
    assert ask(gateway, "DELETE", f"/pools/{pool.id}/lines/{number}").status_code == 200


def test_a_number_that_is_younger_than_our_tables_gets_a_warning(gateway: RunningGateway, pool: SamplePool) -> None:
    """It is a line at once, and its answers say what is doubtful."""
    made = add_line(gateway, pool, NEWER)
    assert made.status_code == 201
    assert "area code 621 is in no table" in made.json()["warning"]
    assert sign_up(gateway, pool, phone="+16212345679").status_code == 201


def test_a_line_that_is_written_in_another_way_is_refused_with_the_right_spelling(
    gateway: RunningGateway, pool: SamplePool
) -> None:
    """Lines are strict: thousands of people may be sent there."""
    for written in ("+1 (212) 555-0144", "tel:+12125550144", "12125550144", "＋１２１２５５５０１４４"):
        refused = add_line(gateway, pool, written)
        assert refused.status_code == 422
        assert f"Did you mean {GOOD}?" in refused.text
    refused = add_line(gateway, pool, "+1-212-555-0144", unchecked=True)
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("number", "likely"), [pair for pair in IMPOSSIBLE if pair[1] not in {"+447700900124", "+525555550101"}]
)
def test_an_impossible_phone_is_refused(
    gateway: RunningGateway, pool: SamplePool, number: str, likely: str | None
) -> None:
    """The same body with a number that can exist is a signup."""
    assert sign_up(gateway, pool, user="u-1", phone="+12125550155").status_code == 201
    refused = sign_up(gateway, pool, user="u-2", phone=number)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    (fault,) = refused.json()["errors"]
    assert fault["field"] == "phone"
    assert (f"Did you mean {likely}?" in fault["detail"]) == (likely is not None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("+4407700900123", "+447700900123"),
        ("+44 (0)7700 900123", "00447700900123"),
        ("tel:+1-212-555-0156", "+12125550156"),
        ("＋１２１２５５５０１５７", "+1 (212) 555-0157"),
        ("+5215555550101", "+525555550101"),
    ],
)
def test_a_person_s_phone_is_read_however_it_is_written(
    gateway: RunningGateway, pool: SamplePool, first: str, second: str
) -> None:
    """Both spellings are one person."""
    made = sign_up(gateway, pool, phone=first)
    assert made.status_code == 201
    again = sign_up(gateway, pool, phone=second)
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])


def test_a_person_s_phone_is_not_one_of_our_lines(gateway: RunningGateway, pool: SamplePool) -> None:
    """The line of another pool is refused as well."""
    assert sign_up(gateway, pool, phone="+12125550158").status_code == 201
    add_line(gateway, pool, "+12125550159")
    for written in (*numbers_of(gateway, pool), "+1 212 555 0159"):
        refused = sign_up(gateway, pool, phone=written)
        assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "invalid_field", "phone")
        assert "one of our own lines" in refused.json()["detail"]


def test_a_misspelt_excluded_line_is_refused(gateway: RunningGateway, pool: SamplePool) -> None:
    """The person would get the line that they must not get."""
    line = numbers_of(gateway, pool)[0]
    assert sign_up(gateway, pool, user="u-1", exclude=[line, "+12125550199"]).status_code == 201
    refused = sign_up(gateway, pool, user="u-2", exclude=["+12125550199", line.replace("+1", "+11", 1)])
    assert (refused.status_code, refused.json()["field"]) == (422, "exclude.1")
    assert f"Did you mean {line}?" in refused.json()["detail"]


def import_table(gateway: RunningGateway, pool: SamplePool, query: str = "") -> list[dict[str, Any]]:
    """Import a table of one good number, the impossible ones and a young one, and return the rows of the report."""
    table = "number,weight\n" + "".join(f"{number},1\n" for number in (GOOD, *dict(IMPOSSIBLE), NEWER))
    path = f"/pools/{pool.id}/lines/import{query}"
    report = ask(gateway, "POST", path, content=table.encode()).json()
    rows: list[dict[str, Any]] = report["rows"]
    return rows


def test_a_table_reports_each_impossible_number(gateway: RunningGateway, pool: SamplePool) -> None:
    """The dry run and the import say the same. The other rows are added, and `unchecked` adds them all."""
    tried, done = import_table(gateway, pool, "?dry_run=true"), import_table(gateway, pool)
    assert [row["result"] for row in tried] == [row["result"] for row in done]
    first, *wrong, last = done
    assert (first["result"], first["warning"], last["result"]) == ("added", "", "added")
    assert "area code 621" in last["warning"]
    assert all(row["result"].startswith("error: ") for row in wrong)
    assert sum("Did you mean" in row["result"] for row in wrong) == 3
    again = import_table(gateway, pool, "?unchecked=true")
    assert [row["result"] for row in again] == ["exists", *["added"] * len(wrong), "exists"]


def test_the_command_line_refuses_and_can_be_forced(
    gateway: RunningGateway, pool: SamplePool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`--force` adds a number that no plan allows, with a warning."""
    directory = tmp_path_factory.mktemp("shell")
    environ = {"SWITCHYARD_REDIS_URL": gateway.store_url}

    def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        done = run_command(*words, "--pool", pool.id, directory=directory, environ=environ, stdin=stdin)
        return done.returncode, done.stdout, done.stderr

    assert run("lines", "add", "+12125550160")[0] == 0
    code, _, fault = run("lines", "add", "+112125550161")
    assert (code, "error[invalid_number]" in fault, "Did you mean +12125550161?" in fault) == (2, True, True)
    code, out, _ = run("lines", "add", "+112125550161", "--force", "--json")
    assert (code, json.loads(out)["warning"]) == (0, "the country code 1 is there twice")
    table = b"number\n+112125550162\n+12125550163\n"
    code, out, _ = run("lines", "import", "-", "--json", stdin=table)
    assert (code, [row["result"].partition(":")[0] for row in json.loads(out)]) == (1, ["error", "added"])
    code, out, _ = run("lines", "import", "-", "--force", "--json", stdin=table)
    assert (code, [row["result"] for row in json.loads(out)]) == (0, ["added", "exists"])
