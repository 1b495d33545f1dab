#!/usr/bin/python3
"""A machine that its cloud refuses: what could be had instead is named, and a button opens the form with it. In the form itself
the same: a size without quota moves to another region, and what to write to the provider is at hand."""
import json
import os
import ssl
import time
import urllib.request

import desktop
from desktop import App, check, wait_until, xdotool

NAME = "ty-machine-1"
PACE = "600"  # a minute of the cloud takes a tenth of a second
SHOTS = os.environ.get("TRAINYARD_E2E_SHOTS")


class Tour:
    def __init__(self, folder):
        self.home = folder / "home"
        self.watchdog = folder / "watchdog.json"
        self.app = App(self.home, watchdog=self.watchdog, extra={"TRAINYARD_SANDBOX_PACE": PACE})
        self.app.show_page(6, "Compute")
        told = self.home / "sandbox/client.json"
        wait_until("the sandbox", told.exists, 120)
        self.client = json.loads(told.read_text())
        self.shot = 0

    def picture(self, name):
        if SHOTS:
            self.shot += 1
            time.sleep(0.5)
            self.app.screenshot(f"{SHOTS}/elsewhere-{self.shot:02}-{name}.png")

    def faults(self, *rules):
        """The sandbox refuses what these say."""
        request = urllib.request.Request(
            self.client["endpoint"] + "/sandbox/faults", data=json.dumps({"rules": rules}).encode(), method="POST",
            headers={"x-sandbox-admin": "1", "Content-Type": "application/json"})
        context = ssl.create_default_context(cafile=self.client["caFile"])
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            check("the sandbox is told what to refuse", answer.status == 200)

    def cell(self, text, seconds=240):
        return self.app.find(role="table cell", contains=text, seconds=seconds)

    def refused(self):
        """No room in the region: the error names another one, and its button opens the form there."""
        app = self.app
        self.faults({"zone": "westeurope", "do": "AllocationFailed"})
        app.click_button("Create a machine", 120)
        self.cell("A month (730 h)")
        app.click_button("Create", 120)
        app.find(contains="was not created; nothing is left of it", seconds=240)
        button = wait_until("a place to switch to", lambda: [
            node for node in app.find_all(contains="Switch to ", role=desktop.BUTTON)
            if "Standard_" not in node.name], 120)[0]
        region = button.name.removeprefix("Switch to ")
        check("another size is offered, too", app.find(contains="Switch to Standard_", role=desktop.BUTTON))
        check("the error says what it costs or how much quota is left", app.find(contains="of your quota left"))
        self.picture("refused")
        app.click(button)
        wait_until("the form in the other region", lambda: self.stands(region))
        self.picture("switched")
        self.cell("A month (730 h)")
        app.click_button("Create", 120)
        self.cell(NAME)
        self.cell("Running (billed)")
        made = app.cli("vm", "list")
        check("the machine is made in the other region", [row["region"] for row in made] == [region], str(made))

        return region

    def stands(self, region):
        """Whether a field of the form holds that region. An editable choice tells it in its line, or as its name."""
        def texts(node):
            yield node.name or ""
            try:
                yield node.queryText().getText(0, -1)
            except (NotImplementedError, AttributeError):
                pass
        return any(region == text for node in self.app.find_all(role=["combo box", "text"]) for text in texts(node))

    def without_quota(self, region):
        """In the form a size without quota says so, tells how to ask for more, and moves at a press."""
        app = self.app
        self.faults({"zone": region, "size": "standardDSv5Family", "do": "quota", "limit": 0})
        app.click_button("Create machine…", 60)
        app.click_button("Request quota…", 120)
        app.find(contains="Please raise the quota", role="label")
        self.picture("request")
        xdotool("key", "Escape")
        app.click_button("Switch region", 120)
        wait_until("another region", lambda: not self.stands(region), 120)
        wait_until("its sizes", lambda: not app.find_all(name="Switch region", role=desktop.BUTTON), 120)
        check("the form moved to a region with quota", True)
        self.picture("moved")
        xdotool("key", "Escape")


    def refused_cluster(self):
        """The same for a cluster: the button opens its form in the other region, with as many nodes."""
        app = self.app
        self.faults({"zone": "westeurope", "do": "AllocationFailed"})
        app.click(app.find(name="Clusters", role="page tab"))
        app.click_button("Create a cluster", 120)
        self.cell("A month (730 h)")
        app.click_button("Create", 120)
        app.find(contains="The cluster", seconds=240)
        button = wait_until("a place to switch to", lambda: [
            node for node in app.find_all(contains="Switch to ", role=desktop.BUTTON)
            if "Standard_" not in node.name], 120)[0]
        region = button.name.removeprefix("Switch to ")
        self.picture("cluster-refused")
        app.click(button)
        wait_until("the form in the other region", lambda: self.stands(region))
        self.cell("2 x Standard_D2s_v5")
        check("the cluster's form opens in the other region, with its nodes", True)
        self.picture("cluster-switched")
        xdotool("key", "Escape")


def scenario(folder):
    tour = Tour(folder)
    tour.refused_cluster()
    app = tour.app
    app.click(app.find(name="Machines", role="page tab"))
    tour.without_quota(tour.refused())
    tour.app.close()
    stalls = json.loads(tour.watchdog.read_text())
    print(f"longest stall of the GUI thread: {stalls['longestMilliseconds']} ms", flush=True)
    check("the GUI thread never waited", stalls["longestMilliseconds"] < 1000 * desktop.overload(), str(stalls))


# The sandbox outlives its window, as a cloud does: run() ends whatever still works in the folder.
desktop.run(scenario)
