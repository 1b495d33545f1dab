#!/usr/bin/python3
"""A catalog that cannot be read: the window says so, and its buttons restore the backup, rebuild, and quit."""
import json
import shutil

from desktop import App, BUTTON, check, run, wait_until


def names(app, what):
    return sorted(entry["name"] for entry in app.cli(what, "list"))


def damage(home):
    for suffix in ("-wal", "-shm"):
        (home / f"catalog.sqlite{suffix}").unlink(missing_ok=True)
    (home / "catalog.sqlite").write_bytes(b"this is no database" * 400)


def damaged_files(home):
    return list(home.glob("catalog.sqlite.damaged-*"))


def train_once(folder, home):
    """A catalog with a dataset and a finished run; a copy of it as yesterday's backup."""
    app = App(home)
    app.click(app.find(contains="Digits", role=BUTTON))
    app.click(app.find(name="Train ▸", role=BUTTON))
    wait_until("the run to finish", lambda: [e["state"] for e in app.cli("runs", "list")] == ["finished"], 120)
    app.close()
    (home / "backups").mkdir(exist_ok=True)
    app.cli("runs", "list")  # whoever closes last writes the log into the file
    shutil.copy(home / "catalog.sqlite", home / "backups" / "catalog-daily-2026-01-01T00-00-00.sqlite")
    for suffix in ("-wal",):
        check("the copy is whole", not (home / f"catalog.sqlite{suffix}").exists())


def scenario(folder):
    home = folder / "home"
    train_once(folder, home)

    damage(home)
    app = App(home)
    app.find(contains="could not be read")
    app.click_button("Quit")
    wait_until("the window to end", lambda: app.process.poll() is not None)
    check("Quit ends the program and the damaged file is kept", len(damaged_files(home)) == 1)

    damage(home)
    app = App(home)
    app.find(contains="could not be read")
    app.click_button("Rebuild from the run folders")
    wait_until("the run to be found", lambda: names(app, "runs") == ["digits-fast-1"])
    wait_until("the message to go", lambda: not app.find_all(contains="could not be read"))
    check("rebuilding finds the run and its model", len(app.cli("models", "list")) == 1, json.dumps(app.cli("models", "list")))
    app.close()

    damage(home)
    app = App(home)
    app.click(app.find(contains="Restore the backup of", role=BUTTON))
    wait_until("the dataset to be back", lambda: names(app, "data") == ["digits"])
    check("the backup has the run too, once", names(app, "runs") == ["digits-fast-1"], str(names(app, "runs")))
    app.show_page(4, "Runs")
    app.find(contains="digits-fast-1")
    check("the window goes on with the backup", app.is_alive())
    app.close()


run(scenario)
