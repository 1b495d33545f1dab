#!/usr/bin/python3
"""Measures the real window on a desktop of its own (Xvfb), driven with a real mouse. Asserts nothing.

Usage: bench_window.py [--json FILE] [--points N] [PART...]
       parts: start digits table chart pictures csv (default: all); --points: per line of the chart, 50 lines

TRAINYARD_BIN names the programs' folder (default: build/release/bin). What is seen is seen through the
accessibility bus or in the pixels of the screen, so each time holds some milliseconds of looking.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
if "TRAINYARD_BENCH_DESKTOP" not in os.environ:
    os.environ.setdefault("TRAINYARD_BIN", str(ROOT / "build/release/bin"))
    os.environ.update(TRAINYARD_BENCH_DESKTOP="1", TRAINYARD_E2E_TIMEOUT="3600")
    desktop_script = str(ROOT / "tests/e2e/with_desktop.sh")
    os.execv(desktop_script, [desktop_script, "/usr/bin/python3", *sys.argv])

sys.path.insert(0, str(ROOT / "tests/e2e"))
import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk

import desktop
import window_data
from desktop import App, BUTTON, wait_until

LEGEND = 8  # lines that a chart's legend names; the others it counts
QUIET = 0.4  # seconds without a change after which a picture counts as complete


class Report:
    """Measured values beside their targets."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, unit, target=""):
        self.rows.append({"what": what, "value": round(value, 3), "unit": unit, "target": target})
        print(f"{what:<76} {value:>9.4g} {unit:<4} {target}", flush=True)


class Screen:
    """The pixels of a rectangle of the screen."""

    def __init__(self, x, y, width, height):
        self.place = x, y, width, height
        self.root = Gdk.get_default_root_window()

    @classmethod
    def of(cls, node):
        box = node.queryComponent().getExtents(0)
        return cls(box.x, box.y, max(box.width, 1), max(box.height, 1))

    def bytes(self):
        return Gdk.pixbuf_get_from_window(self.root, *self.place).get_pixels()

    def settle(self, act, longest=60):
        """Does act(); seconds until the picture first changed and until it last changed, and how often it did."""
        before = self.bytes()
        begin = time.monotonic()
        act()
        first = last = None
        changes = 0
        while time.monotonic() - begin < longest:
            now = self.bytes()
            moment = time.monotonic()
            if now != before:
                before = now
                changes += 1
                last = moment - begin
                first = first or last
            elif last is not None and moment - begin - last > QUIET:
                break
            time.sleep(0.004)
        return first or longest, last or longest, changes


class Memory:
    """The most memory that the runners below a folder have had, in MiB."""

    def __init__(self, folder):
        self.folder = str(folder).encode()
        self.runner = 0.0
        threading.Thread(target=self.watch, daemon=True).start()

    @staticmethod
    def of(process, name):
        lines = (process / "status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)

    @classmethod
    def peak(cls, process):
        return cls.of(process, "VmHWM")

    def watch(self):
        while True:
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    words = (process / "cmdline").read_bytes()
                    if b"trainyard-run" in words.split(b"\0")[0] and self.folder in words:
                        self.runner = max(self.runner, self.peak(process))
                except OSError:
                    continue
            time.sleep(0.1)


class Bench:
    def __init__(self, folder, report, options):
        self.folder, self.report, self.options = folder, report, options
        self.memory = Memory(folder)
        self.app = self.watchdog = None

    def open(self, name):
        self.watchdog = self.folder / f"{name}-watchdog.json"
        self.app = App(self.folder / name, watchdog=self.watchdog)
        self.app.find(contains="Digits", role=BUTTON, seconds=60)
        self.stall()
        return self.app

    def close(self, what):
        process = pathlib.Path("/proc") / str(self.app.process.pid)
        self.report.add(f"{what}: most memory of the window, mapped files counted", Memory.peak(process), "MiB")
        self.report.add(f"{what}: memory of the window now, without mapped files", Memory.of(process, "RssAnon"), "MiB")
        if self.memory.runner:
            self.report.add(f"{what}: most memory of a runner", self.memory.runner, "MiB")
        self.memory.runner = 0.0
        self.app.kill()
        desktop.end_runs_below(self.folder)

    def stall(self):
        """The GUI thread's longest wait since the last call, in ms; begins a new count."""
        time.sleep(0.15)
        longest = json.loads(self.watchdog.read_text())["longestMilliseconds"]
        self.watchdog.unlink()
        wait_until("the watchdog's new count", self.watchdog.exists, 120)
        return longest

    def add_stall(self, what):
        self.report.add(f"{what}: longest wait of the GUI thread", self.stall(), "ms", "<= 100")

    def look(self, name):
        """Keeps a picture, so that one can see what was measured, where TRAINYARD_E2E_SHOTS names a folder."""
        shots = os.environ.get("TRAINYARD_E2E_SHOTS")
        if shots:
            self.app.screenshot(f"{shots}/bench-{name}.png")

    def catalog(self, query):
        import sqlite3

        database = sqlite3.connect(f"file:{self.app.home}/catalog.sqlite?mode=ro", uri=True)
        try:
            return database.execute(query).fetchone()
        finally:
            database.close()

    def page(self, left=0.16, top=0.13, right=0.99, bottom=0.9):
        """The middle of the window, without the bars whose numbers change by themselves."""
        place = desktop.shell_values(desktop.xdotool("getwindowgeometry", "--shell", self.app.window))
        x, y, width, height = (int(place[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))
        return Screen(
            x + int(width * left), y + int(height * top), int(width * (right - left)), int(height * (bottom - top)))

    # Parts, in the order of a person's first day.

    def start(self):
        times = []
        for attempt in range(3):
            app = App(self.folder / f"start-{attempt}")
            wait_until("Home", lambda: app.find_all(contains="Digits", role=BUTTON), pause=0.01)
            times.append(time.monotonic() - app.started)
            used = sum(map(int, pathlib.Path(f"/proc/{app.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
            app.kill()
        self.report.add("start to usable Home, new home folder, median of 3", statistics.median(times), "s", "< 1")
        self.report.add("processor time of that start", used / os.sysconf("SC_CLK_TCK"), "s")

    def digits(self):
        app = self.open("digits")
        app.click(app.find(contains="Digits", role=BUTTON))
        train = app.find(name="Train ▸", role=BUTTON, seconds=30)
        self.add_stall("import of digits")
        chart = next(node for node in app.nodes() if node.name == "Loss chart")  # there, and not shown yet
        app.click(train)
        wait_until("the first point", lambda: " at epoch" in chart.description, 60, 0.005)
        self.report.add("Train to first point of the loss chart", time.monotonic() - app.clicked, "s", "< 1")
        wait_until("the run's end", lambda: self.catalog("select 1 from runs where state = 'finished'"), 300, 0.02)
        wait_until("the model", lambda: self.catalog("select 1 from models"), 60, 0.02)
        self.report.add("Train to finished, evaluated and in the catalog", time.monotonic() - app.clicked, "s", "< 20")
        self.add_stall("training digits")

        app.key("ctrl+5")
        app.click(app.find(role="table cell", contains="digits"))
        time.sleep(0.5)
        self.add_stall("opening the Models page")
        app.key("ctrl+e")
        file = app.find(name="File to write", seconds=30)
        app.click(file, count=3)
        app.type(str(self.folder / "digits.onnx"))
        app.click_button("Export")
        app.find(contains="Written", seconds=60)
        self.report.add("ONNX export with its check", time.monotonic() - app.clicked, "s")
        self.add_stall("ONNX export")
        self.close("digits")

    def table(self):
        home = self.folder / "table"
        self.fill(home, 10_000)
        app = self.open("table")
        time.sleep(1.5)  # the catalog is looked after once at start
        self.add_stall("start with 10,000 runs")
        page = self.page()
        first, last, _ = page.settle(lambda: app.key("ctrl+4"))
        self.report.add("10,000 runs: open the page, first picture", first, "s", "< 0.3")
        self.report.add("10,000 runs: open the page, last change", last, "s")
        self.add_stall("10,000 runs: open")
        table = app.find(name="Runs", role=["table", "tree table"])
        box = table.queryComponent().getExtents(0)
        body = Screen(box.x + 60, box.y + 40, box.width - 100, box.height - 60)

        def press_header():
            desktop.xdotool("mousemove", box.x + 130, box.y + 12, "click", 1)

        times = [body.settle(press_header)[1] for _ in range(4)]
        self.report.add("10,000 runs: sort by name, slowest of 4", max(times), "s", "< 0.2")
        self.add_stall("10,000 runs: sort")
        app.click(app.find(name="Filter runs"))
        desktop.xdotool("type", "--delay", 25, "copied-77")
        self.report.add(
            "10,000 runs: one more letter in the filter", body.settle(lambda: desktop.xdotool("key", 7))[1], "s", "< 0.2")
        self.report.add(
            "10,000 runs: filter cleared", body.settle(lambda: desktop.xdotool("key", "ctrl+a", "Delete"))[1], "s", "< 0.2")
        self.add_stall("10,000 runs: filter")
        desktop.xdotool("mousemove", box.x + 300, box.y + box.height // 2)
        _, last, pictures = body.settle(
            lambda: subprocess.Popen(["xdotool", "click", "--repeat", "60", "--delay", "16", "5"]))
        self.report.add("10,000 runs: pictures a second while the wheel turns 60 notches a second", pictures / last, "/s", "60")
        desktop.xdotool("key", "End")
        self.add_stall("10,000 runs: scroll")
        self.look("table")
        self.close("10,000 runs")

    def chart(self):
        home = self.folder / "chart"
        points = self.options.points
        what = f"chart of 50 runs x {points:,} points"
        self.fill(home, 50, points)
        app = self.open("chart")
        begin = time.monotonic()
        missing = "select 1 from metrics where points - overviewed >= 1000"
        wait_until("the overviews", lambda: not self.catalog(missing), 900, 0.1)
        self.report.add(f"{what}: overviews made of points that lacked them", time.monotonic() - begin, "s")
        self.add_stall(f"{what}: making overviews")
        app.key("ctrl+4")
        table = app.find(name="Runs", role=["table", "tree table"])
        box = table.queryComponent().getExtents(0)
        desktop.xdotool("mousemove", box.x + 200, box.y + 60, "click", 1)
        app.find(name="Loss chart", seconds=300)
        time.sleep(1)
        self.stall()
        drawn = app.find(name="Loss chart")  # before the clock runs: to look through the window takes seconds
        begin = time.monotonic()
        app.key("ctrl+a")
        wait_until("two lines", lambda: "; " in drawn.description, 900, 0.01)
        self.report.add(f"{what}: first lines drawn", time.monotonic() - begin, "s", "< 0.5")
        legend = next(node for node in app.nodes(drawn.parent.parent) if node.name == "Lines")
        wait_until("50 lines", lambda: f"{50 - LEGEND} more line" in legend[legend.childCount - 1].name, 900, 0.02)
        self.report.add(f"{what}: all 50 lines there", time.monotonic() - begin, "s")
        self.add_stall(f"{what}: reading")
        view = Screen.of(drawn)
        desktop.xdotool("mousemove", *app.centre(drawn))
        time.sleep(0.5)
        for name, button in (("zoom in", 4), ("zoom out", 5)):
            # Not waited for: the tool itself ends 0.1 s after its click.
            times = [view.settle(lambda: subprocess.Popen(["xdotool", "click", str(button)]))[0] for _ in range(6)]
            self.report.add(f"{what}: {name}, wheel to new picture, median of 6", statistics.median(times), "s", "< 0.033")
        self.add_stall(f"{what}: zoom")
        for _ in range(4):
            desktop.xdotool("click", 4)
        desktop.xdotool("mousedown", 2)
        times = [
            view.settle(lambda: subprocess.Popen(["xdotool", "mousemove_relative", "--", "-6", "0"]))[0] for _ in range(12)]
        desktop.xdotool("mouseup", 2)
        self.report.add(f"{what}: pan, move to new picture, median of 12", statistics.median(times), "s", "< 0.033")
        self.add_stall(f"{what}: pan")
        self.look("chart")
        self.close(what)

    def pictures(self):
        folder = self.folder / "pictures" / "magenta"
        window_data.write_pictures(folder, 20_000)
        app = self.open("pictures-home")
        page = self.page()
        app.drop([folder])
        wait_until("a thumbnail", lambda: page.bytes().count(bytes(window_data.MAGENTA) * 16) > 5, 300, 0.01)
        self.report.add("20,000 pictures: drop to first thumbnails", time.monotonic() - app.released, "s", "< 1")
        wait_until("the dataset", lambda: self.catalog("select 1 from datasets"), 600, 0.05)
        self.report.add("20,000 pictures: drop to dataset in the catalog", time.monotonic() - app.released, "s")
        time.sleep(1)
        self.add_stall("20,000 pictures: import")
        self.look("pictures")
        self.close("20,000 pictures")

    def csv(self):
        file = self.folder / "large.csv"
        window_data.write_table(file, 1_000_000_000)
        app = self.open("csv-home")
        app.drop([file])
        wait_until("the first rows", lambda: app.find_all(name="Import and train", role=BUTTON), 300, 0.02)
        self.report.add("1 GB CSV: drop to the import sheet", time.monotonic() - app.released, "s")
        app.click_button("Import")
        wait_until("the dataset", lambda: self.catalog("select 1 from datasets"), 900, 0.05)
        self.report.add("1 GB CSV: Import to dataset in the catalog", time.monotonic() - app.clicked, "s")
        self.add_stall("1 GB CSV: import")
        self.look("csv")
        self.close("1 GB CSV")
        file.unlink()

    def fill(self, home, runs, points=None):
        app = App(home)  # makes the catalog
        app.kill()
        window_data.fill_catalog(home, desktop.BIN, os.environ, runs, points)


PARTS = ["start", "digits", "table", "chart", "pictures", "csv"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=PARTS, metavar="PART")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--points", type=int, default=100_000)
    options = parser.parse_args()
    report = Report()
    report.add("load of the machine at the start", os.getloadavg()[0], "", f"{os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(pathlib.Path(folder), report, options)
        for part in options.parts or PARTS:
            try:
                getattr(bench, part)()
            except desktop.Failed as failure:  # the others are still worth measuring
                print(f"{part}: not measured: {failure}", flush=True)
        desktop.end_runs_below(folder)
    if options.json:
        options.json.write_text(json.dumps(report.rows, indent=1) + "\n")


main()
