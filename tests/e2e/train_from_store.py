#!/usr/bin/python3
"""Pictures in a store are dragged over the rail to the Training well and trained on where they lie, with a real mouse: in a container
of Microsoft's storage emulator and in a file share of the sandbox. The store is killed in the middle of the first epoch: the run says
so, waits, and goes on when the store is back.

    train_from_store.py [azurite] [sandbox]"""
import json
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


PICTURES = 250  # of each class


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


class Azurite:
    name = "azurite"
    place = "pictures"  # a container

    def __init__(self, folder):
        self.folder = folder
        self.process, self.connection = start_azurite(folder)

    def settle(self, last):
        """Until what was uploaded would survive a kill -9: Azurite writes its lists to the disk every few seconds."""
        wait_until("Azurite's list on the disk", lambda: last in (self.folder / "__azurite_db_blob__.json").read_text())

    def start(self):
        self.process, _ = start_azurite(self.folder, self.connection)


class Sandbox:
    name = "sandbox"
    place = "share"

    def __init__(self, folder):
        self.folder = folder
        self.start()
        self.connection = json.loads((folder / "client.json").read_text())["storage"]

    def settle(self, last):
        pass

    def start(self):
        self.process = subprocess.Popen(
            [desktop.BIN / "trainyard-sandbox", "--data-dir", self.folder, "--http"], stdout=subprocess.PIPE, text=True)
        check("the sandbox answers", self.process.stdout.readline())


def scenario_with(store_of, folder):
    os.environ["TRAINYARD_PASSPHRASE"] = "open sesame"
    os.environ["TRAINYARD_CACHE"] = str(folder / "cache")
    os.environ["TRAINYARD_CACHE_GIB"] = "1"
    home = folder / f"home-{store_of.name}"
    cli_home = dict(os.environ, TRAINYARD_HOME=str(home))
    if not (folder / "pets").exists():
        for number, name in enumerate(("cats", "dogs")):
            (folder / "pets" / name).mkdir(parents=True)
            for i in range(PICTURES):
                (folder / "pets" / name / f"{i:04}.png").write_bytes(png(i * 2 + number))
    store = store_of(folder / store_of.name)
    try:
        trainyard = desktop.BIN / "trainyard"
        subprocess.run([trainyard, "stores", "add", "lab"], env=cli_home, input=store.connection, text=True, check=True, stdout=subprocess.DEVNULL)
        for words in (["data", "mkdir", f"lab:{store.place}"], ["data", "cp", str(folder / "pets"), f"lab:{store.place}/", "--quiet"]):
            subprocess.run([trainyard, *words], env=cli_home, check=True, stdout=subprocess.DEVNULL)
        store.settle(f"{PICTURES - 1:04}.png")
        train(App(home), store, folder / "cache")
    finally:
        store.process.kill()
        store.process.wait()


def train(app, store, cache):
    app.show_page(2, "Data")
    app.click(app.find(name="lab"))
    app.click(app.find(name=f"{store.place}/"), count=2)
    row = app.find(name="pets/")
    shot(app, f"train_{store.name}_1")
    rail = app.find(name="Train", role=["radio button", "push button", "toggle button", "check box"])
    hold_over(app, [app.centre(row), app.centre(rail), lambda: app.centre(app.find(name="Training data"))])
    app.find(contains=f"{2 * PICTURES} samples")
    check("what is dragged over the rail opens the page, and the well takes it", True)
    shot(app, f"train_{store.name}_2")
    shutil.rmtree(cache, ignore_errors=True)  # what looking at the data has read: it may go at any time
    app.click(app.find(name="Train ▸"))
    read = wait_until("a part of the first epoch to be read", lambda: kept_in(cache) >= PICTURES // 4 and kept_in(cache), pause=0.002)
    store.process.kill()
    store.process.wait()
    check("the store is killed in the middle of the first epoch", read < 2 * PICTURES, f"{read} files were read")
    app.find(contains="does not answer; waiting")
    check("the run says that the store is away", [run["state"] for run in app.cli("runs", "list")] == ["running"])
    shot(app, f"train_{store.name}_3")
    store.start()
    runs = wait_until("the run to finish", lambda: [run for run in app.cli("runs", "list") if run["state"] == "finished"], 240, 0.5)
    check("and goes on by itself when it is back", len(runs) == 1)
    app.find(contains="epoch 1 read")
    check("the page tells what reading has cost", True)
    shot(app, f"train_{store.name}_4")
    app.close()


def kept_in(cache):
    """Pictures that have come so far: each is a file of the cache."""
    return sum(len(names) for _, _, names in os.walk(cache))


def scenario(folder):
    for store in (Azurite, Sandbox):
        if len(sys.argv) == 1 or store.name in sys.argv[1:]:
            scenario_with(store, folder)


if not AZURITE or not os.path.exists(AZURITE) or not shutil.which("node"):
    print("SKIP: needs node and the packages of tests/cloud/storage/node")
    sys.exit(77)
desktop.run(scenario)
