"""`switchyard keys`: who may use the API."""

import sys
from typing import Annotated

import typer

from router.cli.printing.tables import AsJson, print_facts, print_json, print_table
from router.cli.session import run
from router.core.access import ApiKey, Role
from router.core.act import BY_SHELL
from router.gateway import Gateway
from router.schemas.keys import KeyAnswer, NewKeyAnswer, RoleWord

app = typer.Typer(help="Keys: who may use the API, and for what.", no_args_is_help=True)


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List all keys. Their secrets are not stored."""
    keys = [KeyAnswer.of(key) for key in run(lambda gateway: gateway.access.all())]
    if as_json:
        print_json(keys)
    else:
        print_table(("id", "role", "label", "created"), [(key.id, key.role, key.label, key.created_at) for key in keys])


@app.command("create")
def create_key(
    label: Annotated[str, typer.Option(help="Who will use it.")],
    role: Annotated[RoleWord, typer.Option(help="What it may do.")] = "operator",
    as_json: AsJson = False,
) -> None:
    """Make a key and print it. It is shown only this once."""

    async def create(gateway: Gateway) -> tuple[ApiKey, str]:
        return await gateway.access.create(Role[role.upper()], label, by=BY_SHELL)

    key, secret = run(create)
    if as_json:
        print_json(NewKeyAnswer(key=secret, about=KeyAnswer.of(key)))
    else:
        print(secret)
        print(f"Key {key.id} ({key.role.word}) is shown this once. Store it where you keep secrets.", file=sys.stderr)


@app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(help="Id of the key.")], as_json: AsJson = False) -> None:
    """Revoke a key; running gateways refuse it within a second or two."""
    key = KeyAnswer.of(run(lambda gateway: gateway.access.revoke(key_id, by=BY_SHELL)))
    if as_json:
        print_json(key)
    else:
        print_facts([("revoked", key.id), ("role", key.role), ("label", key.label)])
