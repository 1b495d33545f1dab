#!/usr/bin/python3
"""kill -9 of the window at random moments: the catalog opens, no finished epoch is lost, the run goes on.

Usage: kill_window.py KILLS
"""
import json
import random
import sqlite3
import sys
import time

import desktop
from desktop import App, check, wait_until


def finished_epochs(home):
    """Every run's finished epochs as its own event file tells them: {run folder name: {epoch: validation loss}}."""
    runs = {}
    for file in (home / "runs").glob("*/events.jsonl"):
        epochs = {}
        for line in file.read_text(errors="replace").splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("event") == "epoch":
                epochs[event["epoch"]] = event["validation"]["loss"] if event.get("validation") else None
        runs[file.parent.name] = epochs
    return runs


def catalog_epochs(home):
    """The same from the catalog."""
    database = sqlite3.connect(f"file:{home}/catalog.sqlite?mode=ro", uri=True)
    assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    rows = database.execute(
        "select runs.folder, points.epoch, points.value from points join metrics on metrics.id = points.metric_id"
        " join runs on runs.id = metrics.run_id where metrics.name = 'validation/loss'"
    ).fetchall()
    database.close()
    runs = {}
    for folder, epoch, value in rows:
        runs.setdefault(folder.rstrip("/").split("/")[-1], {})[int(epoch)] = value
    return runs


def start_training(app):
    app.click(app.find(contains="Digits", role=["push button", "button"]))
    # Long enough to be killed in its middle.
    app.click(app.find(contains="Best, about", role="check box"))
    app.click(app.find(name="Train ▸", role=["push button", "button"]))


def scenario(folder):
    kills = int(sys.argv[1])
    home = folder / "home"
    chance = random.Random(20261121)
    app = App(home)
    start_training(app)
    for kill in range(kills):
        time.sleep(chance.uniform(0.05, 2.5))
        app.kill()
        before = finished_epochs(home)
        app = App(home)

        def is_recovered():
            stored = catalog_epochs(home)
            return all(
                stored.get(run, {}).get(epoch) is not None or loss is None
                for run, epochs in before.items() for epoch, loss in epochs.items()
            )

        wait_until(f"every finished epoch in the catalog after kill {kill + 1}", is_recovered)
        if kill % 10 == 0:
            print(f"ok: kill {kill + 1}: {sum(map(len, before.values()))} epochs kept", flush=True)
        states = {run["state"] for run in app.cli("runs", "list")}
        if not states & {"running", "queued", "paused"}:
            start_training(app)
    check("the catalog opens after every kill", app.is_alive())
    app.close()


desktop.run(scenario)
