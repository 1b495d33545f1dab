#!/usr/bin/python3
"""A machine is opened, changed and broken by hand; its fault is shown; its examples become a dataset that is trained on."""
import os
import pathlib

import desktop
from desktop import App, check, wait_until


def keep_picture(app, name):
    if shots := os.environ.get("TRAINYARD_E2E_SHOTS"):
        app.screenshot(pathlib.Path(shots) / name)


def scenario(folder):
    app = App(folder / "home", "--page", "specs")
    app.show_page(8, "Specs")
    wait_until("the first machine to be explored", lambda: app.find_all(contains="8 states (8 initial)"))
    check("the counter of the slide opens explored", app.find(contains="5 transitions"))
    keep_picture(app, "specs-first.png")

    app.click(app.find(name="Diagram", role=["page tab"]))
    wait_until("its diagram", lambda: app.find_all(contains="All 8 states"))
    keep_picture(app, "specs-diagram.png")
    app.click(app.find(name="Overview", role=["page tab"]))

    # Break it: the guard lets the number leave its range.
    editor = app.find(name="Text of the machine")
    app.click(editor)
    app.key("ctrl+a")
    app.type("VARIABLES x : 0..3 INITIALISATION x := 0 OPERATIONS up = PRE x < 5 THEN x := x + 1 END")
    wait_until("the broken range", lambda: app.find_all(contains="broken in 2 state"))
    check("a range that is left is found", True)
    own = folder / "home"
    wait_until("what was typed on the disk", lambda: [f for f in own.rglob("inc1*.mch") if "x < 5" in f.read_text()])
    check("what is typed is kept without a key for it", True)
    app.click(app.find(name="x : 0..3", role=["table cell"]))
    wait_until("the way there", lambda: app.find_all(contains="The shortest way there: 4 step"))
    keep_picture(app, "specs-broken.png")
    app.click(editor)
    app.key("ctrl+End")
    app.type(" oops")
    wait_until("the fault with its place", lambda: app.find_all(contains="Line 1, column"))
    keep_picture(app, "specs-fault.png")
    app.key(*["BackSpace"] * 5)
    wait_until("the fault to go", lambda: app.find_all(contains="broken in 2 state"))

    # One of the starter project, as data.
    app.click(app.find(name="M15_Mikrowelle", role=["list item"]))
    wait_until("the oven", lambda: app.find_all(contains="252 states"))
    app.click(app.find(name="Examples", role=["page tab"]))
    wait_until("its examples", lambda: app.find_all(contains="1,555 rows to train on"))
    keep_picture(app, "specs-examples.png")
    app.click_button("Make dataset")
    datasets = wait_until("the dataset in the catalog", lambda: app.cli("data", "list"))
    check("the examples are a dataset", datasets[0]["task"] == "classification" and datasets[0]["samples"] == 1555, str(datasets))
    wait_until("the Train page", lambda: app.find_all(contains="Train ▸") or app.find_all(name="Train"))
    keep_picture(app, "specs-train.png")

    # A model that was trained on them scores a transition that is typed.
    app.key("ctrl+Return")
    wait_until("a finished run", lambda: [run for run in app.cli("runs", "list") if run["state"] == "finished"], 240, 0.5)
    app.show_page(8, "Specs")
    app.click(app.find(name="Try it", role=["page tab"]))
    wait_until("the verdict", lambda: app.find_all(contains="Possible:") or app.find_all(contains="Impossible:"))
    wait_until("the model's answer", lambda: app.find_all(contains="answered in"))
    keep_picture(app, "specs-try.png")
    after = app.find(name="State after")
    app.click(after)
    app.key("ctrl+a")
    app.type("nonsense")
    wait_until("the fault in what was typed", lambda: app.find_all(contains="expected the name of a variable"))
    check("a typed transition is judged by the machine and by the model", True)

    # A file of elsewhere opens where it lies.
    lamp = folder / "lamp.mch"
    lamp.write_text("VARIABLES on : BOOL INITIALISATION on := FALSE OPERATIONS press = on := bool(on = FALSE)")
    app.drop([lamp])
    app.click(app.find(name="Overview", role=["page tab"]))
    wait_until("the dropped machine", lambda: app.find_all(contains="2 states (1 initial)"))
    check("a dropped machine is opened", True)
    app.close()


desktop.run(scenario)
