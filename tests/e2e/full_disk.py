#!/usr/bin/python3
"""An import while the disk is full: one clear message, nothing half-done, and trying again works once there is room."""
import os
import subprocess
import sys

from desktop import App, BUTTON, check, run, wait_until

MEBIBYTES = 12


def scenario(folder):
    home = folder / "home"
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "tmpfs", home], capture_output=True, check=False)
    if mounted.returncode != 0:
        print("a small disk cannot be mounted here (needs root)")
        sys.exit(77)
    try:
        with_small_disk(folder, home)
    finally:
        subprocess.run(["umount", "-l", home], check=False)


def with_small_disk(folder, home):
    table = folder / "flowers.csv"
    rows = [f"{i * 0.1:.1f},{i % 7},{'setosa' if i % 2 else 'virginica'}" for i in range(60)]
    # Many columns: what is remembered of them does not fit into what SQLite has at hand.
    wide = [f"c{i}" for i in range(400)]
    header = ",".join(["length", "width", *wide, "species"])
    table.write_text(header + "\n" + "\n".join(
        ",".join([row.split(",")[0], row.split(",")[1], *(str((n * 31 + i * 17) % 97) for n in range(400)), row.split(",")[2]])
        for i, row in enumerate(rows)) + "\n")
    app = App(home)
    wait_until("the catalog", lambda: app.cli("data", "list") == [])
    filler = home / "filler"
    with open(filler, "wb") as file:
        try:
            while True:
                file.write(b"x" * 65536)
                file.flush()
        except OSError:
            pass
    check("the disk is full", os.statvfs(home).f_bavail * os.statvfs(home).f_frsize < 65536)

    subprocess.run([os.environ["TRAINYARD_BIN"] + "/trainyard", table], env=dict(os.environ, TRAINYARD_HOME=str(home)),
                   check=False, timeout=30)  # handed over to the window
    app.click_button("Import")
    app.find(contains="could not be imported")
    told = [node.name for node in app.find_all(contains="disk is full")]
    check("the message says that the disk is full", len(told) == 1, str(told))
    check("the window is alive", app.is_alive())

    filler.unlink()
    check("nothing was taken in", app.cli("data", "list") == [])
    app.click_button("Try again")
    wait_until("the dataset", lambda: [entry["name"] for entry in app.cli("data", "list")] == ["flowers"])
    check("with room again it is imported", True)
    app.close()


run(scenario)
