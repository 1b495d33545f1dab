#!/usr/bin/python3
"""A hundred thousand pictures in a folder, a table of gigabytes, a container with a hundred thousand files: opened in the real window
with a real mouse. The first of them shows within a second, the window never waits, and what takes long can be cancelled.

    scale.py [pictures] [table] [files] [blobs] [--rows N]     all of them without a word; N million rows of the table (7: half a gigabyte)

TRAINYARD_SCALE names a folder in which the data are kept for the next time; without it they are made anew and removed."""
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import time
import zlib

import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk

import desktop
from desktop import App, check, wait_until
from store_tools import AZURITE, start_azurite

MANY = 100_000
ROWS = 7_000_000


def picture(number):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(bytes([0]) + bytes((number * 7 + 9 * x * y) % 256 for x in range(16)) for y in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def make_pictures(folder):
    """Ten classes; a few hundred different pictures, each many times, since a file a picture is what counts here."""
    different = [picture(i) for i in range(997)]
    for number in range(10):
        (folder / f"class {number}").mkdir(parents=True)
        for i in range(MANY // 10):
            (folder / f"class {number}" / f"{i:05}.png").write_bytes(different[(i * 10 + number) % len(different)])


def make_files(folder):
    folder.mkdir(parents=True)
    first = folder / "file 000000.bin"
    first.write_bytes(b"small")
    for i in range(1, MANY):
        place = folder / f"file {i:06}.bin"
        if i % 50_000 == 0:  # file systems limit the number of links
            first = place
            first.write_bytes(b"small")
        else:
            os.link(first, place)


def make_table(file, rows):
    chance = random.Random(3)
    part = 100_000
    lines = [
        b"%d,%.4f,%.3f,%d,%s,2026-%02d-%02d,%s" % (
            i, chance.random(), chance.gauss(0, 1), chance.randrange(1000), chance.choice((b"oak", b"elm", b"ash")),
            chance.randrange(1, 13), chance.randrange(1, 29), chance.choice((b"yes", b"no")))
        for i in range(part)]
    body = b"\n".join(lines)
    with open(file, "wb") as table:
        table.write(b"part,number,a,b,c,tree,day,answer\n")
        for number in range(rows // part):
            table.write(b"%d," % number + body.replace(b"\n", b"\n%d," % number) + b"\n")


def kept(name, make):
    """The data of that name, made if it is not there."""
    place = PLACE / name
    if not place.exists():
        started = time.monotonic()
        unfinished = PLACE / (name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        make(unfinished)
        unfinished.rename(place)
        print(f"{name} made in {time.monotonic() - started:.0f} s", flush=True)
    return place


def colours(app):
    """How many different colours the middle of the screen has."""
    root = Gdk.get_default_root_window()
    shot = Gdk.pixbuf_get_from_window(root, 460, 320, 900, 500)
    step = shot.get_n_channels()
    bytes_ = shot.get_pixels()
    return len({bytes_[i:i + 3] for i in range(0, len(bytes_) - 3, step * 7)})


def middle():
    """The pixels of the middle of the screen, without the padding of their lines."""
    root = Gdk.get_default_root_window()
    return Gdk.pixbuf_get_from_window(root, 460, 320, 900, 500).get_pixels()


class Film:
    """Pictures of the middle of the screen, taken without asking the window for anything: asking takes longer than showing."""

    def __init__(self, since, seconds=3):
        self.pictures = []
        while time.monotonic() < since + seconds:
            self.pictures.append((time.monotonic() - since, middle()))
            time.sleep(0.02)

    def first_like(self, last):
        """When the screen began to look as in `last`, but for what blinks."""
        for seconds, picture in self.pictures:
            different = sum(a != b for a, b in zip(picture[::97], last[::97]))
            if different < 0.005 * len(last) / 97:
                return seconds
        raise AssertionError("what is there now was never there before")


class Look:
    """The stalls of the window in one part of the tour."""

    def __init__(self, folder, name):
        self.name = name
        self.file = folder / f"{name}.json"

    def judge(self, first):
        stalls = json.loads(self.file.read_text()) if self.file.exists() else {"longestMilliseconds": 0}
        print(f"{self.name}: first after {first:.2f} s, longest stall {stalls['longestMilliseconds']} ms {stalls.get('stalls', '')}", flush=True)
        check(f"{self.name}: the first show within a second", first < 1.0 * desktop.overload())
        check(f"{self.name}: the window never waits", stalls["longestMilliseconds"] < 100 * desktop.overload(), str(stalls))


def shot(app, name):
    folder = os.environ.get("TRAINYARD_E2E_SHOTS")
    if folder:
        app.screenshot(f"{folder}/{name}.png")


def pictures(folder):
    data = kept("pictures", make_pictures)
    look = Look(folder, "pictures")
    app = App(folder / "home", watchdog=look.file)
    app.show_page(2, "Data")
    before = colours(app)
    look.file.unlink(missing_ok=True)  # a new count
    app.drop([data])
    wait_until("the first thumbnails", lambda: colours(app) > before + 40, pause=0.02)
    first = time.monotonic() - app.released
    print("dropped %.2f s ago, now" % first, time.strftime("%H:%M:%S", time.gmtime()), flush=True)
    shot(app, "scale_pictures_1")
    app.find(contains=f"{MANY:,} images", seconds=300)
    wait_until("the end of the reading", lambda: app.cli("data", "list"), 300, 0.5)
    grid = app.find(name="Samples", role=["list", "table", "tree table", "layered pane"])
    app.click(grid)
    app.key("End")
    time.sleep(1)
    shot(app, "scale_pictures_2")
    app.close()
    look.judge(first)


def table(folder):
    data = kept(f"table {ROWS}.csv", lambda file: make_table(file, ROWS))
    print(f"the table has {data.stat().st_size / 1e9:.1f} GB")
    look = Look(folder, "table")
    app = App(folder / "home", watchdog=look.file)
    app.show_page(2, "Data")
    look.file.unlink(missing_ok=True)
    app.drop([data])
    film = Film(app.released)
    app.find(contains="Import", role=desktop.BUTTON)
    app.find(name="oak")
    first = film.first_like(middle())
    shot(app, "scale_table_1")
    app.click_button("Import")
    app.find(contains="about ")
    check("table: its rows are shown while the whole is read", app.find_all(name="oak"))
    shot(app, "scale_table_2")
    asked = time.monotonic()
    app.click_button("Cancel")
    wait_until("the end of the reading", lambda: not app.find_all(contains="Importing"))
    print(f"table: cancelled in {time.monotonic() - asked:.2f} s")
    check("table: what takes long is cancelled", not app.cli("data", "list"))
    app.drop([data])
    app.click_button("Import")
    wait_until("the statistics", lambda: app.cli("data", "list"), 600, 0.5)
    app.find(contains=f"{ROWS:,} rows")
    shot(app, "scale_table_3")
    app.close()
    look.judge(first)


def browse(folder, name, connection):
    """A store with MANY files in one folder."""
    os.environ["TRAINYARD_PASSPHRASE"] = "open sesame"
    subprocess.run(
        [desktop.BIN / "trainyard", "stores", "add", name, *([connection] if connection.startswith("/") else [])],
        env=dict(os.environ, TRAINYARD_HOME=str(folder / "home")), input=connection, text=True, check=True, stdout=subprocess.DEVNULL)
    look = Look(folder, name)
    app = App(folder / "home", watchdog=look.file)
    app.show_page(2, "Data")
    place = app.find(name=name)
    if not connection.startswith("/"):
        app.click(place)
        place = app.find(name="many/")
    before = colours(app)
    look.file.unlink(missing_ok=True)
    app.click(place, count=1 if connection.startswith("/") else 2)
    wait_until("the first rows", lambda: colours(app) > before + 5, pause=0.02)
    first = time.monotonic() - app.clicked
    app.find(name=f"{MANY:,} entries", seconds=300)
    print(f"{name}: all after {time.monotonic() - app.clicked:.1f} s")
    files = app.find(name="Files and folders of the store")
    app.click(files)
    app.key("End", "Home", "ctrl+a")
    box = files.queryComponent().getExtents(desktop.pyatspi.DESKTOP_COORDS)  # too many cells to look for a header among them
    desktop.xdotool("mousemove", box.x + box.width - 420, box.y + 14, "click", 1)
    time.sleep(1)
    app.key("End")
    shot(app, f"scale_{name}")
    app.close()
    look.judge(first)


def files(folder):
    browse(folder, "files", str(kept("files", make_files)))


def make_blobs(place, folder):
    """One blob is uploaded; then Azurite's list is told of as many, since uploading them takes it a quarter of an hour."""
    process, connection = start_azurite(place)
    home = dict(os.environ, TRAINYARD_HOME=str(folder / "home-of-upload"), AZURE_STORAGE_CONNECTION_STRING=connection)
    (folder / "file 000000.bin").write_bytes(b"small")
    for words in (["data", "mkdir", "az://devstoreaccount1/many"],
                  ["data", "cp", "-q", str(folder / "file 000000.bin"), "az://devstoreaccount1/many/"]):
        subprocess.run([desktop.BIN / "trainyard", *words], env=home, check=True, stdout=subprocess.DEVNULL)
    process.terminate()
    process.wait()
    database = place / "__azurite_db_blob__.json"
    known = json.loads(database.read_text())
    listed = next(one for one in known["collections"] if one["name"] == "$BLOBS_COLLECTION$")
    only = listed["data"][0]
    listed["data"] = [only | {"name": f"file {i:06}.bin", "$loki": i + 1} for i in range(MANY)]
    listed["maxId"] = MANY
    for index in listed["binaryIndices"].values():
        index["values"] = list(range(MANY))
    database.write_text(json.dumps(known))
    return connection


def blobs(folder):
    place = folder / "azurite"
    connection = make_blobs(place, folder)
    process, _ = start_azurite(place, connection)
    try:
        browse(folder, "blobs", connection)
    finally:
        process.kill()
        process.wait()


PARTS = {"pictures": pictures, "table": table, "files": files, "blobs": blobs}


def scenario(folder):
    global PLACE
    PLACE = pathlib.Path(os.environ.get("TRAINYARD_SCALE") or folder / "data")
    PLACE.mkdir(exist_ok=True)
    for name, part in PARTS.items():
        if not wanted or name in wanted:
            own = folder / name
            own.mkdir()
            part(own)


if "--rows" in sys.argv:
    at = sys.argv.index("--rows")
    ROWS = int(sys.argv[at + 1]) * 1_000_000
    del sys.argv[at:at + 2]
wanted = sys.argv[1:]
if "blobs" in wanted or not wanted:
    if not AZURITE or not os.path.exists(AZURITE) or not shutil.which("node"):
        print("SKIP: needs node and the packages of tests/cloud/storage/node")
        sys.exit(77)
desktop.run(scenario)
