#!/usr/bin/python3
"""The first sixty seconds: no account, no network, no keyring, no settings; a mouse, then the keyboard alone."""
import json
import time

import desktop
from desktop import App, check, wait_until

BUTTON = ["push button", "button"]


def finished_runs(app):
    return [run for run in app.cli("runs", "list") if run["state"] == "finished"]


def scenario(folder):
    watchdog = folder / "watchdog.json"
    app = App(folder / "home", watchdog=watchdog)
    print(f"start to accessible window: {time.monotonic() - app.started:.2f} s", flush=True)
    check("no dialog greets a newcomer", not app.find_all(role=["dialog", "alert", "frame dialog"]))

    # Two clicks: the tile, then Train.
    app.click(app.find(contains="Digits", role=BUTTON))
    train = app.find(name="Train ▸", role=BUTTON)
    clicked = time.monotonic()
    app.click(train)
    wait_until("the run in the catalog", lambda: app.cli("runs", "list"))
    runs = wait_until("a finished run", lambda: finished_runs(app), 240, 0.5)
    print(f"Train to finished and in the catalog: {time.monotonic() - clicked:.1f} s", flush=True)
    check("the run has a good name", runs[0]["name"].startswith("digits-fast"), runs[0]["name"])
    app.find(contains="never saw")
    check("the banner tells how good it is", True)
    wait_until("a model", lambda: len(app.cli("models", "list")) == 1)

    # The same by keyboard: the page's primary action.
    app.show_page(3, "Train")
    app.key("ctrl+Return")
    wait_until("a second run", lambda: len(app.cli("runs", "list")) == 2)
    wait_until("it to finish", lambda: len(finished_runs(app)) == 2, 240, 0.5)

    for key, page in enumerate(["Home", "Data", "Train", "Runs", "Models", "Compute", "Queue", "Specs"], start=1):
        app.show_page(key, page)
    app.close()
    check("the window ends by itself when told", app.process.returncode is not None)
    stalls = json.loads(watchdog.read_text())
    print(f"longest stall of the GUI thread: {stalls['longestMilliseconds']} ms", flush=True)
    # The aim is 100 ms; how near we are is measured on a quiet machine (tests/bench). Here a second means that
    # something waits, unless the processors are asked for many times over.
    check("the GUI thread never waited", stalls["longestMilliseconds"] < 1000 * desktop.overload(), str(stalls))

    app = App(folder / "home")
    check("runs are there after a restart", len(app.cli("runs", "list")) == 2)
    app.close()


desktop.run(scenario)
