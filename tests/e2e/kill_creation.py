#!/usr/bin/python3
"""kill -9 of the window while it creates a machine: the next start, on Home, goes on with it and says so.

Usage: kill_creation.py KILLS
"""
import os
import random
import sqlite3
import sys
import time

import desktop
from desktop import App, check, wait_until

SHOTS = os.environ.get("TRAINYARD_E2E_SHOTS")
PACE = "15"  # a minute of the cloud takes four seconds


def operations(home):
    """[(kind, target, state)] as the journal has them."""
    database = sqlite3.connect(f"file:{home}/catalog.sqlite?mode=ro", uri=True)
    rows = database.execute("select kind, target, state from operations order by id").fetchall()
    database.close()
    return rows


def start(home, folder):
    return App(home, extra={"TRAINYARD_SANDBOX_PACE": PACE})


def scenario(folder):
    kills = int(sys.argv[1])
    home = folder / "home"
    chance = random.Random(20261121)
    app = start(home, folder)
    for kill in range(kills):
        app.show_page(6, "Compute")
        if kill == 0:
            app.click_button("Create a machine", 120)
        else:
            app.click_button("Create machine…", 120)
        app.find(role="table cell", contains="Standard_D2s_v5", seconds=240)
        app.find(role="table cell", contains="A month (730 h)", seconds=240)
        app.click_button("Create", 120)
        wait_until("the creation is in the journal", lambda: any(row[2] == "open" for row in operations(home)))
        time.sleep(chance.uniform(0.1, 1.5))
        is_cut = any(row[2] == "open" for row in operations(home))
        app.kill()
        app = start(home, folder)
        if is_cut:
            app.find(contains="Interrupted earlier, goes on now: Create machine", seconds=30)
            check("the start says what goes on", True)
            if SHOTS:
                app.screenshot(f"{SHOTS}/going-on-{kill}.png")
        wait_until(
            "the journal has no open entry, without a look at the Compute page",
            lambda: not any(row[2] == "open" for row in operations(home)), seconds=120,
        )
        if is_cut:
            app.find(contains="What was interrupted is done", seconds=30)
            check("the end is told on Home", True)
    machines = app.cli("vm", "list")
    done = [row[1] for row in operations(home) if row[:1] == ("create",) and row[2] == "done"]
    names = sorted(machine["name"] for machine in (machines["machines"] if isinstance(machines, dict) else machines))
    check("every creation that was cut is a machine, once", names == sorted(done), f"{names} {done}")
    app.close()


desktop.run(scenario)
