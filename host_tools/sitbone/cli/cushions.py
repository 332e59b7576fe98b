"""Commands for several cushions: their names. Other commands take one with --cushion."""

import click

from sitbone.cli.terminal import example, json_option, open_store, print_json, say
from sitbone.errors import UsageError

LONGEST_NAME = 30


@click.group(epilog=example("cushion list"))
def cushion() -> None:
    """List your cushions, and name them."""


@cushion.command("list", epilog=example("cushion list"))
@json_option
def cushion_list(as_json: bool) -> None:
    """List the cushions that this computer has data of."""
    from sitbone.dates import counted, iso

    with open_store() as store:
        rows = [row | {"name": store.names().get(row["cushion"])} for row in store.cushion_rows()]
    if as_json:
        print_json({"cushions": rows})
        return
    for row in rows:
        last = "no sync yet" if row["last_sync_ms"] is None else f"last sync {iso(row['last_sync_ms'])[:16]}"
        simulated = ", simulated" if row["simulated"] else ""
        name = row["name"] or "no name"
        say(f"{row['cushion']}  {name}: {counted(row['records'], 'record')}, {last.replace('T', ' ')}{simulated}")
    if not rows:
        say("no cushions yet; run sitbone sync")


@cushion.command("name", epilog=example("cushion name office --cushion 246f28a1b2c3"))
@click.argument("name")
@click.option("--cushion", "which", metavar="ID", help="Id or present name; not needed with only one cushion.")
def cushion_name(name: str, which: str | None) -> None:
    """Name a cushion. All commands and pages then call it so."""
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise UsageError(f"a name has 1 to {LONGEST_NAME} letters; choose another one")
    with open_store() as store:
        known = [row["cushion"] for row in store.cushion_rows()]
        if which is None and len(known) != 1:
            raise UsageError(f"there are {len(known)} cushions; choose one with --cushion, see sitbone cushion list")
        hardware = known[0] if which is None else store.hardware_of(which)
        store.name_cushion(hardware, name.strip())
    say(f"cushion {hardware} is now called {name.strip()}")
