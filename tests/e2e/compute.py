#!/usr/bin/python3
"""Machines without any account: in the sandbox one is created, seen to run, stopped, started and deleted, by mouse."""
import json
import time

import desktop
from desktop import App, check, wait_until

NAME = "ty-machine-1"
PACE = "600"  # a minute of the cloud takes a tenth of a second


def cell(app, text, seconds=240):
    return app.find(role="table cell", contains=text, seconds=seconds)


def scenario(folder):
    watchdog = folder / "watchdog.json"
    app = App(folder / "home", watchdog=watchdog, extra={"TRAINYARD_SANDBOX_PACE": PACE})
    app.show_page(6, "Compute")
    app.click_button("Create a machine", 120)
    cell(app, "Standard_D2s_v5")
    check("sizes and prices come from the cloud", True)
    cell(app, "A month (730 h)")
    check("the price is known before", not app.find_all(role="table cell", name="unknown"))
    app.click_button("Create", 120)
    asked = time.monotonic()
    cell(app, NAME)
    check("the machine is in the table while it comes", True)
    cell(app, "Running (billed)")
    print(f"Create to Running: {time.monotonic() - asked:.1f} s", flush=True)

    app.click(cell(app, NAME))
    app.click_button("Stop")
    cell(app, "Off - disks only")
    check("Stop gives the processors back", True)
    app.click_button("Start")
    cell(app, "Running (billed)")
    check("it starts again", True)

    app.cli("vm", "power-off", NAME)
    cell(app, "Stopped but still billed")
    app.click(cell(app, NAME))
    app.click_button("Release now")
    cell(app, "Off - disks only")
    check("what is off and billed is released at a press", True)

    app.click(cell(app, NAME))
    app.key("Delete")
    app.find(contains="System disk")
    check("the question names what is destroyed", app.find(contains="Public address"))
    app.click_button(f"Delete {NAME}")
    app.find(name="Create a machine", role=desktop.BUTTON, seconds=240)
    check("nothing is left in the account", app.cli("vm", "list") == [])
    app.close()
    stalls = json.loads(watchdog.read_text())
    print(f"longest stall of the GUI thread: {stalls['longestMilliseconds']} ms", flush=True)
    check("the GUI thread never waited", stalls["longestMilliseconds"] < 1000 * desktop.overload(), str(stalls))


# The sandbox outlives its window, as a cloud does: run() ends whatever still works in the folder.
desktop.run(scenario)
