#!/usr/bin/python3
"""Takes README's pictures from the real program: screenshots.py FOLDER (run through with_desktop.sh)."""
import pathlib
import subprocess
import sys
import time

import desktop
from desktop import App, wait_until

BUTTON = ["push button", "button"]
FOLDER = pathlib.Path(sys.argv[1])


def picture(app, name):
    time.sleep(0.8)
    subprocess.run(["/usr/bin/import", "-window", str(app.window), str(FOLDER / f"{name}.png")], check=True, timeout=20)


def start(home, *arguments):
    app = App(home, *arguments)
    desktop.xdotool("windowsize", "--sync", app.window, 1360, 860)
    desktop.xdotool("windowmove", "--sync", app.window, 40, 40)
    return app


def place(app, axis):
    shell = desktop.xdotool("getwindowgeometry", "--shell", app.window)
    return next(line.split("=")[1] for line in shell.split("\n") if line.startswith(axis + "="))


def train(app, preset):
    app.click(app.find(contains=preset + ", about", role="check box", seconds=20))
    app.click(app.find(name="Train ▸", role=BUTTON, seconds=20))


def finished(app, count):
    wait_until(
        f"{count} finished runs",
        lambda: len([run for run in app.cli("runs", "list") if run["state"] == "finished"]) == count, 120, 0.5)


def scenario(folder):
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = folder / "home"
    app = start(home)
    app.click(app.find(contains="Digits", role=BUTTON))
    train(app, "Fast")
    finished(app, 1)
    app.click(app.find(contains="Best, about", role="check box"))
    app.click(app.find(name="Epochs", role="text"), count=2)
    app.type("400")
    app.click(app.find(name="Stop early", role="check box"))
    app.click_button("Train ▸")
    wait_until("some epochs", lambda: any(
        run["state"] == "running" and run["epochs"] > 100 for run in app.cli("runs", "list")), 200)
    picture(app, "train-running")
    app.click_button("Finish now")
    finished(app, 2)
    app.key("ctrl+4")
    time.sleep(0.8)
    for row in app.find_all(role="table cell", contains="digits-"):
        x, y = app.centre(row)
        desktop.xdotool("mousemove", x, y, "keydown", "ctrl", "click", 1, "keyup", "ctrl")
        time.sleep(0.2)
    picture(app, "runs-compare")
    app.key("ctrl+5")
    time.sleep(0.8)
    for cell in app.find_all(role="table cell", contains="digits")[:1]:
        app.click(cell)
    time.sleep(1)
    app.click(app.find(name="Clear", role=BUTTON))
    # A seven, drawn with the mouse.
    left, top = map(int, (place(app, "X"), place(app, "Y")))
    for start_at, end_at in [((205, 380), (380, 380)), ((380, 380), (270, 600)), ((250, 490), (390, 490))]:
        app.drag((left + start_at[0], top + start_at[1]), (left + end_at[0], top + end_at[1]), 24)
    picture(app, "models-try")
    app.key("ctrl+2")
    time.sleep(1)
    app.click(app.find(role="table cell", name="digits"), count=2)
    time.sleep(1.5)
    picture(app, "data-detail")
    app.close()

    settings = home / "config" / "settings.ini"
    settings = next(iter(home.rglob("settings.ini")), settings)
    settings.parent.mkdir(parents=True, exist_ok=True)
    text = settings.read_text() if settings.exists() else ""
    settings.write_text(text + "\n[appearance]\ntheme=dark\n")
    app = start(home)
    app.click(app.find(contains="Digits", role=BUTTON))
    train(app, "Fast")
    finished(app, 3)
    picture(app, "train-dark")
    app.close()


desktop.run(scenario)
