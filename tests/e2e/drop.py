#!/usr/bin/python3
"""Files dropped from another program (a real X11 drag) become datasets."""
import pathlib
import subprocess
import sys
import time

import desktop
from desktop import App, check, wait_until

HERE = pathlib.Path(__file__).parent


def drop(app, paths):
    """Drags `paths` out of a GTK window onto the middle of ours."""
    source = subprocess.Popen(
        ["/usr/bin/python3", HERE / "drag_source.py", "1380", "40", *map(str, paths)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert source.stdout.readline().strip() == "ready"
        window = desktop.xdotool("search", "--onlyvisible", "--name", "Files to drag").split("\n")[0]
        place = dict(
            line.split("=") for line in desktop.xdotool("getwindowgeometry", "--shell", window).split("\n") if "=" in line
        )
        start = int(place["X"]) + 60, int(place["Y"]) + 40
        app.drag(start, (800, 560))
    finally:
        source.terminate()
        source.wait()


def write_table(path):
    rows = ["width,height,kind"]
    for i in range(60):
        rows.append(f"{i % 7 + (10 if i % 2 else 0)},{i % 5},{'oak' if i % 2 else 'elm'}")
    path.write_text("\n".join(rows) + "\n")


def scenario(folder):
    table = folder / "trees äé 1.csv"
    write_table(table)
    app = App(folder / "home")
    drop(app, [table])
    time.sleep(0.5)
    # The import sheet asks for the target; its default is the right one.
    sheet_button = wait_until(
        "the import sheet", lambda: app.find_all(name="Import", role=["push button", "button"])
    )[0]
    app.click(sheet_button)
    datasets = wait_until("the dataset in the catalog", lambda: app.cli("data", "list"))
    check("the dropped table is a dataset", datasets[0]["path"] == str(table), str(datasets))
    app.close()


desktop.run(scenario)
