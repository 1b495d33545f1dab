#!/usr/bin/python3
"""Every learner on a sample with one click; and the table of the state-transition experiment with another."""
import os
import pathlib

import desktop
from desktop import App, check, wait_until

BUTTON = ["push button", "button"]


def keep_picture(app, name):
    if shots := os.environ.get("TRAINYARD_E2E_SHOTS"):
        app.screenshot(pathlib.Path(shots) / name)


def scenario(folder):
    app = App(folder / "home")
    app.click(app.find(contains="Iris", role=BUTTON))
    app.find(name="Train ▸", role=BUTTON)
    app.click(app.find(name="Compare all learners", role=BUTTON))
    app.find(contains="Every learner that fits")
    wait_until("the first learners", lambda: app.find_all(name="Random forest", role=["table cell"]))
    keep_picture(app, "compare-running.png")
    wait_until("the end", lambda: app.find_all(name="Done."), 180)
    cells = [node.get_name() for node in app.find_all(role=["table cell"])]
    check("the better ones stand above", cells.index("Random forest") < cells.index("k-means"), str(cells))
    check("the baseline is among them", "Baseline" in cells, str(cells))
    keep_picture(app, "compare-done.png")
    app.click(app.find(name="Close", role=BUTTON))

    app.show_page(8, "Specs")
    wait_until("the page", lambda: app.find_all(name="Results table", role=BUTTON))
    app.click(app.find(name="Results table", role=BUTTON))
    wait_until("the first machine", lambda: app.find_all(name="M01_Paperround_simple", role=["table cell"]), 120)
    keep_picture(app, "results-running.png")
    app.click(app.find(name="Stop", role=BUTTON))
    wait_until("it to stop", lambda: app.find_all(contains="Stopped."))
    check("what was compared stays", app.find(name="M01_Paperround_simple", role=["table cell"]))
    app.close()


desktop.run(scenario)
