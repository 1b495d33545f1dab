#!/usr/bin/python3
"""Money is always visible: the chip counts what runs, turns red when a machine is off and still billed, a budget holds back what
would go over it, and what a deleted machine left is found and deleted after its name was typed."""
import os
import subprocess

import desktop
from desktop import App, check

PACE = "600"  # a minute of the cloud takes a tenth of a second
SHOTS = os.environ.get("TRAINYARD_E2E_SHOTS")


def vm(home, *words):
    done = subprocess.run(
        [desktop.BIN / "trainyard", "vm", *words], env=dict(os.environ, TRAINYARD_HOME=str(home), TRAINYARD_SANDBOX_PACE=PACE),
        capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise desktop.Failed(f"vm {words}: {done.returncode}: {done.stderr}")
    return done.stdout


def picture(app, name):
    if SHOTS:
        app.screenshot(f"{SHOTS}/money-{name}.png")


def scenario(folder):
    home = folder / "home"
    home.mkdir()
    where = ["--size", "Standard_D2s_v5", "--region", "eastus", "--allow-from", "127.0.0.1/32", "--yes"]
    vm(home, "create", "keeper", *where, "--data-disk-gib", "32")
    vm(home, "delete", "keeper", "--yes")
    vm(home, "create", "runner", *where)

    app = App(home, extra={"TRAINYARD_SANDBOX_PACE": PACE})
    app.find(contains="Cost now: Sandbox: $", seconds=120)
    app.find(contains="1 machine", role=desktop.BUTTON)
    check("the chip counts what runs, on Home", True)
    picture(app, "chip")

    vm(home, "power-off", "runner")
    app.find(contains="1 off, still billed", seconds=90)
    check("a machine that is off and still billed is told within a minute or so", True)
    picture(app, "alarm")
    app.click(app.find(contains="off, still billed", role=desktop.BUTTON))
    app.find(contains="Stopped but still billed", role="table cell", seconds=120)
    check("a click on the chip shows it", True)

    app.click(app.find(contains="Leftovers", role="page tab"))
    app.find(contains="keeper-data", role="table cell", seconds=120)
    check("the disk of the deleted machine is found", app.find(contains="Its machine keeper is gone."))
    picture(app, "leftovers")
    app.click(app.find(contains="keeper-data", role="table cell"))
    app.key("space")
    app.click_button("Delete 1 ticked…", 60)
    app.find(contains="may hold data")
    check("its name has to be typed", True)
    picture(app, "question")
    app.type("keeper-data0")
    app.click_button("Delete 1 leftover")
    app.find(contains="Nothing is left over", seconds=120)
    check("it is gone", app.cli("vm", "leftovers") == [])

    vm(home, "start", "runner")
    subprocess.run([desktop.BIN / "trainyard", "cloud", "budget", "1"], env=dict(os.environ, TRAINYARD_HOME=str(home)),
                   cwd=folder, check=True)  # not where a folder is called "cloud"
    app.click(app.find(name="Machines", role="page tab"))
    app.click_button("Create machine…", 120)
    app.find(role="table cell", contains="A month (730 h)", seconds=240)
    app.click_button("Create", 120)
    app.find(contains="This goes over the budget.", seconds=60)
    check("what would go over the budget is asked about", True)
    picture(app, "budget")
    app.key("Escape")
    app.key("Escape")
    app.close()


desktop.run(scenario)
