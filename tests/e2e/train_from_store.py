#!/usr/bin/python3
"""Pictures in a store are dragged over the rail to the Training well and trained on where they lie, with a real mouse, against
Microsoft's storage emulator; the emulator goes away in the middle: the run says so, waits, and goes on when it is back."""
import os
import shutil
import struct
import subprocess
import sys
import time
import zlib

import desktop
from desktop import App, check, wait_until, xdotool
from store_tools import AZURITE, start_azurite


def png(level):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([level % 256, level // 256] + [(level * 3 + 5 * x + 11 * y) % 251 for x in range(10)]) for y in range(12))
    header = struct.pack(">IIBBBBB", 12, 12, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def shot(app, name):
    folder = os.environ.get("TRAINYARD_E2E_SHOTS")
    if folder:
        app.screenshot(f"{folder}/{name}.png")


def hold_over(app, points):
    """Drags from the first point over the others, resting on each, and lets go on the last; a point may be a function."""
    for number, point in enumerate(points):
        x, y = point() if callable(point) else point
        if number == 1:
            xdotool("mousedown", 1)
            xdotool("mousemove", points[0][0] + 12, points[0][1] + 6)
            time.sleep(0.1)
        for near in (14, 8, 4, 0):
            xdotool("mousemove", x + near, y)
            time.sleep(0.08)
        time.sleep(0.9 if number else 0.1)
    xdotool("mouseup", 1)
    time.sleep(0.3)


def scenario(folder):
    os.environ["TRAINYARD_PASSPHRASE"] = "open sesame"
    os.environ["TRAINYARD_CACHE"] = str(folder / "cache")
    os.environ["TRAINYARD_CACHE_GIB"] = "1"
    azurite, connection = start_azurite(folder / "azurite")
    cli_home = dict(os.environ, TRAINYARD_HOME=str(folder / "home"))
    for number, name in enumerate(("cats", "dogs")):
        (folder / "pets" / name).mkdir(parents=True)
        for i in range(400):
            (folder / "pets" / name / f"{i:04}.png").write_bytes(png(i * 2 + number))
    trainyard = desktop.BIN / "trainyard"
    subprocess.run([trainyard, "stores", "add", "lab"], env=cli_home, input=connection, text=True, check=True, stdout=subprocess.DEVNULL)
    for words in (["data", "mkdir", "lab:train"], ["data", "cp", str(folder / "pets"), "lab:train/", "--quiet"]):
        subprocess.run([trainyard, *words], env=cli_home, check=True, stdout=subprocess.DEVNULL)

    app = App(folder / "home")
    try:
        app.show_page(2, "Data")
        app.click(app.find(name="lab"))
        app.click(app.find(name="train/"), count=2)
        row = app.find(name="pets/")
        shot(app, "train_store_1")
        rail = app.find(name="Train", role=["radio button", "push button", "toggle button", "check box"])
        hold_over(app, [app.centre(row), app.centre(rail), lambda: app.centre(app.find(name="Training data"))])
        app.find(contains="800 samples")
        check("what is dragged over the rail opens the page, and the well takes it", True)
        shot(app, "train_store_2")
        shutil.rmtree(folder / "cache", ignore_errors=True)  # what looking at the data has read: it may go at any time
        train = app.find(name="Train ▸")
        azurite.terminate()
        azurite.wait()
        app.click(train)
        app.find(contains="does not answer; waiting")
        check("the run says that the store is away", True)
        shot(app, "train_store_3")
        azurite, _ = start_azurite(folder / "azurite", connection)
        runs = wait_until("the run to finish", lambda: [run for run in app.cli("runs", "list") if run["state"] == "finished"], 240, 0.5)
        check("and goes on by itself when it is back", len(runs) == 1)
        app.find(contains="epoch 1 read")
        check("the page tells what reading has cost", True)
        shot(app, "train_store_4")
        app.close()
    finally:
        azurite.kill()
        azurite.wait()


if not AZURITE or not os.path.exists(AZURITE) or not shutil.which("node"):
    print("SKIP: needs node and the packages of tests/cloud/storage/node")
    sys.exit(77)
desktop.run(scenario)
