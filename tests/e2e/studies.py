#!/usr/bin/python3
"""Cross-validation and tuning from the Train page: folds with their spread, a learning curve, a search whose best is trained."""
import os
import pathlib

import desktop
from desktop import App, check, wait_until

BUTTON = ["push button", "button"]
TAB = ["page tab"]


def keep_picture(app, name):
    if shots := os.environ.get("TRAINYARD_E2E_SHOTS"):
        app.screenshot(pathlib.Path(shots) / name)


def trials(app):
    """Rows of the table, also those that are rolled out of sight."""
    return app.find(name="Trials", role=["table"]).queryTable().nRows


def scenario(folder):
    app = App(folder / "home")
    app.click(app.find(contains="Iris", role=BUTTON))
    app.find(name="Train ▸", role=BUTTON)
    wait_until("the data", lambda: app.find_all(name="Validate…", role=BUTTON))
    app.click(app.find(name="Validate…", role=BUTTON))
    app.find(contains="judges once")
    app.click(app.find(name="Learning curve", role=["check box"]))
    app.click(app.find(name="Validate", role=BUTTON))
    wait_until("the folds", lambda: app.find_all(name="Done."), 180)
    check("a sentence compares", wait_until("it", lambda: app.find_all(contains="than Baseline") or app.find_all(contains="No clear difference")))
    keep_picture(app, "validate-scores.png")
    app.click(app.find(name="Folds", role=TAB))
    keep_picture(app, "validate-folds.png")
    app.click(app.find(name="Learning curve", role=TAB))
    keep_picture(app, "validate-curve.png")
    app.click(app.find(name="Close", role=BUTTON))

    app.click(app.find(name="Tune…", role=BUTTON))
    app.find(contains="keeps the scores on samples")
    keep_picture(app, "tune-question.png")
    # Far more than are done before the mouse is at the next button, on any machine.
    app.click(app.find(name="Settings to try", role=["spin button"]), count=2)
    app.type("600")
    app.click(app.find(name="Start the search", role=BUTTON))
    wait_until("some trials", lambda: trials(app) > 0)
    keep_picture(app, "tune-running.png")
    app.click_button("Finish now")
    wait_until("the end", lambda: app.find_all(contains="Finished early") or app.find_all(name="Done."), 60)
    tried = trials(app)
    check("finished early, what was tried stays", tried > 0)
    app.click_button("Start the search")
    app.click_button("Stop")
    app.find(contains="Stopped. What was done so far stays.")
    keep_picture(app, "tune-stopped.png")
    app.click_button("Start the search")
    wait_until("the search to go on", lambda: trials(app) >= tried, 120)
    app.click_button("Finish now")
    wait_until("the end", lambda: app.find_all(contains="Finished early") or app.find_all(name="Done."), 120)
    check("the best is told", app.find(contains="Best: "))
    keep_picture(app, "tune-done.png")
    for tab, name in (("Best so far", "tune-course"), ("Score and time", "tune-time"), ("Score and size", "tune-size")):
        app.click(app.find(name=tab, role=TAB))
        keep_picture(app, name + ".png")
    app.click(app.find(name="Train the best", role=BUTTON))
    wait_until("the run", lambda: app.find_all(contains="right on data") or app.find_all(contains="See mistakes") or app.find_all(contains="finished"), 120)
    keep_picture(app, "tune-trained.png")
    app.show_page(4, "Runs")
    app.click(app.find(contains="Studies (2)", role=TAB))
    app.find(name="Cross-validation", role=["table cell"])
    app.click(app.find(name="Search", role=["table cell"]))
    keep_picture(app, "studies.png")
    app.click_button("Open")
    app.find(contains="Best: ")
    check("a kept search shows its trials again", trials(app) >= tried)
    app.close()


desktop.run(scenario)
