"""Drives the real window as a person does: finds things by role and name (AT-SPI), acts with a real mouse (xdotool)."""
import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

import pyatspi

BIN = pathlib.Path(os.environ["TRAINYARD_BIN"])
HERE = pathlib.Path(__file__).parent
BUTTON = ["push button", "button", "push button menu", "button menu"]  # by the versions of Qt and AT-SPI
MOST_CHILDREN = 3000  # a table with more cells is not walked: each is a message to the window


class Failed(Exception):
    pass


def check(claim, truth, detail=""):
    if not truth:
        raise Failed(f"{claim} {detail}".strip())
    print(f"ok: {claim}", flush=True)


PATIENCE = 60  # seconds; far more than any answer takes, for machines that are busy with other work


def wait_until(what, probe, seconds=PATIENCE, pause=0.05):
    """The first true value of probe(); fails, naming what was waited for."""
    end = time.monotonic() + seconds
    trouble = ""
    while True:
        try:
            value = probe()
        except Exception as exception:  # a node may vanish while the tree is walked
            value = None
            trouble = f" ({exception!r})"
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"waited {seconds} s for {what}{trouble}")
        time.sleep(pause)


def xdotool(*arguments):
    return subprocess.run(
        ["xdotool", *map(str, arguments)], check=True, capture_output=True, text=True, timeout=20
    ).stdout.strip()


def shell_values(text):
    """NAME=value lines as a dictionary."""
    return dict(line.split("=", 1) for line in text.split("\n") if "=" in line)


class App:
    """One running trainyard window."""

    def __init__(self, home, *arguments, watchdog=None, extra=None):
        self.home = pathlib.Path(home)
        environment = dict(os.environ, TRAINYARD_HOME=str(self.home), **(extra or {}))
        if watchdog:
            environment["TRAINYARD_WATCHDOG"] = str(watchdog)
        self.log = open(self.home.parent / f"{self.home.name}.log", "a")
        self.started = time.monotonic()
        self.clicked = self.released = self.started  # when the mouse last clicked, and let go of what it dragged
        self.process = subprocess.Popen(
            [BIN / "trainyard", *map(str, arguments)], env=environment, stdout=self.log, stderr=self.log
        )
        self.window = wait_until("the window", lambda: xdotool(
            "search", "--onlyvisible", "--pid", self.process.pid, "--name", "Trainyard"
        ).split("\n")[0])
        self.root = wait_until("the accessible application", self._application)

    def _application(self):
        desktop = pyatspi.Registry.getDesktop(0)
        for application in desktop:
            if application is not None and application.get_process_id() == self.process.pid:
                return application
        return None

    def nodes(self, root=None):
        """What can be seen, and what it lies in: pages that are hidden hold ten times as many, each a message away."""
        root = root or self.root
        stack = [root]
        while stack:
            node = stack.pop()
            if node is None:
                continue
            yield node
            try:
                if node.childCount > MOST_CHILDREN or (node is not root and not self.is_showing(node)):
                    continue
                stack.extend(node.getChildAtIndex(i) for i in reversed(range(node.childCount)))
            except Exception:
                continue

    @staticmethod
    def is_showing(node):
        states = node.getState()
        return states.contains(pyatspi.STATE_SHOWING) and states.contains(pyatspi.STATE_VISIBLE)

    def find_all(self, name=None, role=None, contains=None):
        found = []
        for node in self.nodes():
            try:
                if role and node.getRoleName() not in ([role] if isinstance(role, str) else role):
                    continue
                if name is not None and node.name != name:
                    continue
                if contains is not None and contains.lower() not in (node.name or "").lower():
                    continue
                if self.is_showing(node):
                    found.append(node)
            except Exception:
                continue
        return found

    def find(self, name=None, role=None, contains=None, seconds=PATIENCE):
        what = f"{role or 'something'} named {name or contains!r}"
        return wait_until(what, lambda: self.find_all(name, role, contains), seconds)[0]

    @staticmethod
    def centre(node):
        box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        return box.x + box.width // 2, box.y + box.height // 2

    def click_button(self, name, seconds=PATIENCE):
        """Clicks the button with this name once it can be pressed."""
        def pressable():
            return [node for node in self.find_all(name=name, role=BUTTON)
                    if node.getState().contains(pyatspi.STATE_SENSITIVE)]
        self.click(wait_until(f"the button {name!r}", pressable, seconds)[0])

    @staticmethod
    def rolling_pane(node):
        """Where the place lies that has to be rolled before the node can be seen; nothing: it can be."""
        def extents(one):
            return one.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)

        pane, inner = node.parent, extents(node)
        middle = inner.y + inner.height // 2
        try:
            while True:
                box = extents(pane)
                # As Qt calls the place that rolls; a menu hangs at its button, too.
                if pane.getRoleName() == "filler" and inner.height > box.height:
                    return None if box.y <= middle < box.y + box.height else box
                pane, inner = pane.parent, box
        except (AttributeError, NotImplementedError):  # nothing around it rolls
            return None

    def reveal(self, node):
        """Rolls what the node lies in until its middle is in sight, as a person does before a click."""
        def is_in_sight():
            box = self.rolling_pane(node)  # anew each time: what has just come may not have its place yet
            if box is None:
                return True
            # Over the margin: a wheel over a number or a choice would change it.
            xdotool("mousemove", box.x + 3, box.y + box.height // 2)
            xdotool("click", 5 if self.centre(node)[1] > box.y else 4)
            return False

        wait_until(f"{node.name!r} in sight", is_in_sight, pause=0.1)

    def click(self, node, button=1, count=1):
        self.reveal(node)
        x, y = self.centre(node)
        xdotool("mousemove", x, y)
        time.sleep(0.05)
        xdotool("click", "--repeat", count, "--delay", 60, button)
        self.clicked = time.monotonic()
        time.sleep(0.1)

    def key(self, *keys):
        xdotool("windowfocus", self.window)
        xdotool("key", "--delay", 40, *keys)
        time.sleep(0.1)

    def show_page(self, number, title):
        """By key, as long as it takes: a window that has just come may not have the keyboard yet."""
        def is_shown():
            if xdotool("getwindowname", self.window).startswith(title):
                return True
            self.key(f"ctrl+{number}")
            return False

        wait_until(f"the page {title}", is_shown, pause=0.2)

    def type(self, text):
        xdotool("type", "--delay", 25, text)
        time.sleep(0.1)

    def drag(self, start, end, steps=20, until=None):
        """@param until  lets go when this is true"""
        xdotool("mousemove", *start)
        time.sleep(0.15)
        xdotool("mousedown", 1)
        for step in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            xdotool("mousemove", x, y)
            time.sleep(0.04)
        if until:
            wait_until("the answer to what is held over the window", until)
        time.sleep(0.2)
        self.released = time.monotonic()
        xdotool("mouseup", 1)
        time.sleep(0.2)

    def drop(self, paths, at=(800, 560), announced_by="What is being dropped"):
        """Drags `paths` out of a window of another program (GTK) and lets go at `at`, on the screen, as soon as the
        window says what it would do: the node with the name `announced_by` shows, None: after a moment."""
        source = subprocess.Popen(
            ["/usr/bin/python3", HERE / "drag_source.py", "1380", "40", *map(str, paths)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        try:
            if source.stdout.readline().strip() != "ready":
                raise Failed("the window to drag from did not come")
            window = xdotool("search", "--onlyvisible", "--name", "Files to drag").split("\n")[0]
            place = shell_values(xdotool("getwindowgeometry", "--shell", window))
            start = int(place["X"]) + 60, int(place["Y"]) + 40
            self.drag(start, at, until=lambda: announced_by is None or self.find_all(name=announced_by))
        finally:
            source.terminate()
            source.wait()

    def drag_out(self, start, folder):
        """Drags from `start` on the screen into a window of another program (GTK) that stands for `folder` in a file manager.
        Result: what the window's program answered to it."""
        target = subprocess.Popen(
            ["/usr/bin/python3", HERE / "drop_target.py", "1380", "40", str(folder)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        try:
            if target.stdout.readline().strip() != "ready":
                raise Failed("the window to drop on did not come")
            window = xdotool("search", "--onlyvisible", "--name", "Drop files here").split("\n")[0]
            place = shell_values(xdotool("getwindowgeometry", "--shell", window))
            self.drag(start, (int(place["X"]) + 60, int(place["Y"]) + 40))
            if not select.select([target.stdout], [], [], PATIENCE)[0]:
                raise Failed("the program on which it was dropped was not answered")
            return target.stdout.readline().strip()
        finally:
            target.terminate()
            target.wait()

    def screenshot(self, file):
        subprocess.run(["/usr/bin/import", "-window", "root", str(file)], check=False, timeout=20)

    def cli(self, *arguments):
        """The rows of `trainyard ARGUMENTS --json` on the same catalog."""
        done = subprocess.run(
            [BIN / "trainyard", *arguments, "--json"], env=dict(os.environ, TRAINYARD_HOME=str(self.home)),
            capture_output=True, text=True, timeout=60,
        )
        if done.returncode != 0:
            raise Failed(f"trainyard {' '.join(arguments)}: exit {done.returncode}: {done.stderr}")
        answer = json.loads(done.stdout)
        return next((rows for rows in answer.values() if isinstance(rows, list)), answer)

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.is_alive():
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def end_runs_below(folder, seconds=PATIENCE):
    """Ends the runs that outlive their window, which is what runs do, and waits until they have left their folders."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        runs = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                if str(folder).encode() in told and process.name != str(os.getpid()):
                    runs.append(int(process.name))
            except OSError:
                continue
        if not runs:
            return
        for process in runs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.1)
    raise Failed(f"processes {runs} do not end")


def overload():
    """How many times over the processors are asked for, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def run(scenario):
    """Runs scenario(folder), prints what failed, keeps a screenshot where TRAINYARD_E2E_SHOTS names a folder."""
    import tempfile

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            scenario(pathlib.Path(folder))
        except (Failed, subprocess.SubprocessError) as failure:
            print(f"FAILED: {failure}", flush=True)
            shots = os.environ.get("TRAINYARD_E2E_SHOTS")
            if shots:
                subprocess.run(["/usr/bin/import", "-window", "root", f"{shots}/failed.png"], check=False, timeout=20)
            for log in pathlib.Path(folder).glob("*.log"):
                print(log.read_text()[-3000:])
            sys.exit(1)
        finally:
            end_runs_below(folder)
    print("all claims hold")
