#!/usr/bin/python3
"""Closing the window while a run trains: cancel, keep training in the background, pause and close; each by mouse."""
import time

from desktop import App, check, run, wait_until

BUTTON = ["push button", "button"]


def states(app):
    return [entry["state"] for entry in app.cli("runs", "list")]


def start_runs(app):
    """One that trains far longer than this test takes, on any machine, and one that waits for it."""
    app.click(app.find(contains="Digits", role=BUTTON))
    app.click(app.find(contains="Best, about", role="check box"))
    app.click(app.find(name="Epochs", role="text"), count=2)
    app.type("50000")
    app.click(app.find(name="Stop early", role="check box"))
    app.click_button("Train ▸")
    wait_until("the run to train", lambda: "running" in states(app), 120)
    app.show_page(3, "Train")
    app.key("ctrl+Return")
    wait_until("the second run", lambda: len(states(app)) == 2)


def ask_to_close(app):
    app.key("ctrl+q")
    return app.find(name="Pause and close", role=BUTTON)


def scenario(folder):
    home = folder / "home"
    app = App(home)
    start_runs(app)

    ask_to_close(app)
    app.click(app.find(name="Cancel", role=BUTTON))
    time.sleep(0.5)
    check("cancel keeps the window and the run", app.is_alive() and "running" in states(app), str(states(app)))

    ask_to_close(app)
    app.click(app.find(name="Keep training in background", role=BUTTON))
    wait_until("the window to end", lambda: app.process.poll() is not None)
    check("the run goes on without the window", "running" in states(app), str(states(app)))

    app = App(home)
    wait_until("the next window to train", lambda: "running" in states(app))
    ask_to_close(app)
    app.click(app.find(name="Pause and close", role=BUTTON))
    wait_until("the window to end", lambda: app.process.poll() is not None, 120)
    stopped = [entry for entry in app.cli("runs", "list") if entry["state"] == "stopped"]
    check("the run has stopped and nothing trains", len(stopped) == 1 and "running" not in states(app), str(states(app)))
    checkpoints = list((home / "runs" / stopped[0]["name"] / "checkpoints").glob("*.safetensors"))
    check("a checkpoint waits to be resumed from", checkpoints)


run(scenario)
