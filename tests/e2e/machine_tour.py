#!/usr/bin/python3
"""The whole life of a machine by mouse, for somebody without any account: created in the sandbox, seen to start, measured,
reached by a real shell, run on, stopped, captured, deleted. Meanwhile the window never stands still, and afterwards no
secret lies where it does not belong.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import desktop
from desktop import App, check, wait_until

NAME = "ty-machine-1"
PACE = "600"  # a minute of the cloud takes a tenth of a second
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provisioning"))
from secret_search import CommandLines, known_secrets, secrets_in  # noqa: E402

# As they stand in the menus; None: a separator.
MENUS = {
    "Connect": ["Open a terminal", "Browse its files", "Copy ssh command", "Add to SSH configuration…", "Open in VS Code…", "Copy public IP"],
    "More": ["Restart…", "Redeploy…", None, "Resize…", "Tags…", "Capture…", None, "Duplicate…", "Copy as trainyard command",
             "Copy as az or gcloud command", None, "Delete…"],
}
SHOTS = os.environ.get("TRAINYARD_E2E_SHOTS")


class Tour:
    def __init__(self, folder):
        self.folder = folder
        self.home = folder / "home"
        self.watchdog = folder / "watchdog.json"
        self.terminal = folder / "terminal"
        self.app = None
        self.shot = 0

    def start(self):
        # A terminal of our own that keeps what it was asked to run, and runs it with a command to answer.
        self.terminal.write_text(
            "#!/bin/sh\n[ \"$1\" = -e ] && shift\n"
            f"printf '%s\\n' \"$@\" > {self.folder}/terminal.words\n"
            f"exec \"$@\" 'echo reached-$((6*7)); echo $USER' > {self.folder}/terminal.said 2>&1 < /dev/null\n")
        self.terminal.chmod(0o755)
        self.app = App(self.home, watchdog=self.watchdog,
                       extra={"TRAINYARD_SANDBOX_PACE": PACE, "TERMINAL": str(self.terminal),
                              "HOME": str(self.folder)})
        self.app.show_page(6, "Compute")

    def picture(self, name):
        if SHOTS:
            self.shot += 1
            self.app.screenshot(f"{SHOTS}/tour-{self.shot:02}-{name}.png")

    def cell(self, text, seconds=240):
        return self.app.find(role="table cell", contains=text, seconds=seconds)

    def menu(self, button, item):
        """Clicks an item of a button's menu. Qt tells screen readers of such a menu only what has the focus, so the place
        is reckoned from the menu's window: items are equally high, separators are a line."""
        items = MENUS[button]
        self.app.click_button(button)
        def popup():
            windows = desktop.xdotool("search", "--onlyvisible", "--pid", self.app.process.pid).split("\n")
            boxes = [desktop.shell_values(desktop.xdotool("getwindowgeometry", "--shell", window))
                     for window in windows if window != self.app.window]
            return [box for box in boxes if 60 < int(box["HEIGHT"]) < 500 and int(box["WIDTH"]) > 60]
        box = wait_until(f"the menu {button}", popup, 20)[0]
        time.sleep(0.3)
        line = 9
        rest = int(box["HEIGHT"]) - line * items.count(None) - 4
        height = rest / (len(items) - items.count(None))
        y = int(box["Y"]) + 2
        for each in items[:items.index(item)]:
            y += line if each is None else height
        desktop.xdotool("mousemove", int(box["X"]) + 40, round(y + height / 2))
        time.sleep(0.2)
        desktop.xdotool("click", 1)
        time.sleep(0.3)

    def tab(self, name):
        self.app.find(name=name, role="page tab")
        # A dock below may have a tab of that name, too.
        self.app.click(min(self.app.find_all(name=name, role="page tab"), key=lambda node: self.app.centre(node)[1]))

    def create(self):
        self.app.click_button("Create a machine", 120)
        self.cell("Standard_D2s_v5")
        self.cell("A month (730 h)")
        check("the price is known before", not self.app.find_all(role="table cell", name="unknown"))
        self.picture("wizard")
        self.app.click_button("Create", 120)
        self.cell(NAME)
        check("the machine is in the table while it comes", True)
        self.cell("Running (billed)")
        check("it is seen to run", True)
        self.app.click(self.cell(NAME))

    def charts_move(self):
        self.tab("Charts")
        def told():
            return [node.description for node in self.app.find_all(name="Processors chart") if " at " in node.description]
        first = wait_until("a first measurement in the chart", told, 120)[0]
        self.picture("charts")
        # Something to be seen: a minute of one processor, by the provider's agent, with the mouse.
        self.tab("Run command")
        self.app.click(self.app.find(name="Commands", role="text"))
        self.app.type("echo agent-$((6*7)); (timeout 40 sh -c 'while :; do :; done' >/dev/null 2>&1 &)")
        self.app.click_button("Run")
        wait_until("the command's output", lambda: any("agent-42" in (node.queryText().getText(0, -1) or "")
                                                       for node in self.app.find_all(name="Output", role="text")), 120)
        check("a command runs by the provider's agent and its output is shown", True)
        self.picture("run-command")
        self.tab("Charts")
        wait_until("the charts to move", lambda: told() and told()[0] != first, 120)
        check("its charts move", True)
        self.picture("charts-moved")

    def look_around(self):
        for name, sign in (("Disks", "SSD"), ("Cost", "A month (730 h)"), ("Activity", "create")):
            self.tab(name)
            self.app.find(role="table cell", contains=sign)
            self.picture(name.lower())
        self.tab("Boot log")
        wait_until("the boot log", lambda: any(len(node.queryText().getText(0, -1)) > 20
                                               for node in self.app.find_all(name="Boot log", role="text")), 60)
        check("disks, cost, activity and boot log are there", True)
        self.picture("boot-log")
        self.tab("Overview")
        self.picture("overview")

    def shell(self):
        self.menu("Connect", "Open a terminal")
        said = self.folder / "terminal.said"
        end = time.monotonic() + 60
        while time.monotonic() < end and not (said.exists() and "reached-42" in said.read_text()):
            time.sleep(0.2)
        text = said.read_text() if said.exists() else "no terminal was opened"
        check("a real shell opens in a terminal with the machine's own key", "reached-42" in text, text)

    def files(self):
        self.menu("Connect", "Browse its files")
        self.cell(".machine/")  # where a machine of the sandbox keeps its system
        check("its files are on the Data page", self.app.find(role="table cell", name="Folder"))
        stores = self.app.cli("stores", "list")
        check("as a store of its name", any(store["name"] == NAME and store["kind"] == "sftp" for store in stores), str(stores))
        self.picture("files")
        self.app.show_page(6, "Compute")
        self.app.click(self.cell(NAME))

    def ssh_entry(self):
        self.menu("Connect", "Add to SSH configuration…")
        self.app.click_button(f"Add {NAME}")
        own = self.folder / ".ssh/config.d/trainyard.conf"
        wait_until("the entry", own.exists, 30)
        check("the SSH configuration names the machine", f"Host {NAME}" in own.read_text())
        # OpenSSH looks for what is included below the home of the password file, which is another one here.
        done = subprocess.run(["ssh", "-F", str(own), "-o", "BatchMode=yes", NAME, "echo", "by-name"],
                              capture_output=True, text=True, timeout=60)
        check("ssh reaches it by its name", "by-name" in done.stdout, done.stderr)

    def stop_capture_delete(self):
        self.app.click(self.cell(NAME))
        self.app.click_button("Stop")
        self.cell("Off - disks only")
        check("Stop gives the processors back", True)
        self.app.click_button("Start")
        self.cell("Running (billed)")
        check("it starts again", True)
        self.menu("More", "Capture…")
        self.app.find(contains="starts again if it ran")
        wait_until("the next version", lambda: any(node.queryText().getText(0, -1) == "1.0.0"
                                                   for node in self.app.find_all(name="Version", role="text")), 60)
        check("gallery and version can be changed", self.app.find(name="Gallery", role="text"))
        self.picture("capture-as-it-is")
        self.app.click(self.app.find(role="radio button", contains="template"))
        self.app.find(contains="can never start again")
        self.picture("capture")
        self.app.click_button(f"Capture {NAME}")
        wait_until("the image", lambda: any(row.get("kind") == "capture" for row in self.operations()), 120)
        self.app.find(contains="An image of", seconds=120)
        check("an image is made", True)
        self.app.click(self.cell(NAME))
        self.app.key("Delete")
        self.app.find(contains="System disk")
        self.picture("delete")
        check("the question names what is destroyed", self.app.find(contains="Public address"))
        self.app.click_button(f"Delete {NAME}")
        self.app.find(name="Create a machine", role=desktop.BUTTON, seconds=240)
        check("nothing is left in the account", self.app.cli("vm", "list") == [])
        own = self.folder / ".ssh/config.d/trainyard.conf"
        check("and so is the store with its files", self.app.cli("stores", "list") == [])
        check("its SSH entry is gone", f"Host {NAME}" not in own.read_text())

    def operations(self):
        import sqlite3
        with sqlite3.connect(f"file:{self.home}/catalog.sqlite?mode=ro", uri=True) as catalog:
            catalog.row_factory = sqlite3.Row
            return [dict(row) for row in catalog.execute("SELECT kind, state FROM operations WHERE state = 'done'")]


def scenario(folder):
    lines = CommandLines(pause=0.1)
    lines.start()
    tour = Tour(folder)
    try:
        tour.start()
        tour.create()
        tour.look_around()
        tour.charts_move()
        tour.shell()
        tour.files()
        tour.ssh_entry()
        tour.stop_capture_delete()
        # A crash after all that, for what it may leave behind.
        tour.app.process.send_signal(signal.SIGSEGV)
        tour.app.process.wait(30)
    finally:
        lines.end()
    stalls = json.loads(tour.watchdog.read_text())
    print(f"longest stall of the GUI thread: {stalls['longestMilliseconds']} ms; all: {stalls['stalls']}", flush=True)
    # Without the time in which it was ready and other programs had the processors. What it was blocked besides may be the disk, which
    # brings back a page of the program that others have pushed out of memory; a quarter of a second would be a lock or a file of ours.
    working = max((each["working"] for each in stalls["stalls"]), default=0)
    waiting = max((each["milliseconds"] - each["waitingForProcessor"] for each in stalls["stalls"]), default=0)
    check("the GUI thread never worked for a tenth of a second", working < 100 * desktop.overload(), str(stalls))
    check("nor did it stand still for a quarter", waiting < 250 * desktop.overload(), str(stalls))
    # The window's words on standard output and error, where a crash would tell of itself, lie in the folder, too.
    found, places = secrets_in(folder, tour.home, known_secrets(tour.home), {"command lines": lines.text()})
    check(f"no secret in {places} places, after a crash, too", not found, str(found))


# The sandbox outlives its window, as a cloud does: run() ends whatever still works in the folder.
desktop.run(scenario)
