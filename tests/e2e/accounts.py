#!/usr/bin/python3
"""Cloud accounts by mouse, against the sandbox's own sign-in: a service principal typed wrong and right, a person's code in a
browser, a key file of Google; tested, renamed, signed out and in again, removed. Afterwards no secret lies where none belongs.
"""
import json
import os
import pathlib
import sqlite3
import ssl
import sys
import time
import urllib.parse
import urllib.request

import desktop
from desktop import App, check, wait_until, xdotool

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provisioning"))
from secret_search import known_secrets, secrets_in  # noqa: E402

PACE = "600"  # a minute of the cloud takes a tenth of a second
SHOTS = os.environ.get("TRAINYARD_E2E_SHOTS")


class Tour:
    def __init__(self, folder):
        self.folder = folder
        self.home = folder / "home"
        self.shot = 0
        self.opened = folder / "opened"  # the address that the browser was given
        browser = folder / "browser"
        browser.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > {self.opened}\n")
        browser.chmod(0o755)
        self.watchdog = folder / "watchdog.json"
        self.app = App(self.home, watchdog=self.watchdog,
                       extra={"TRAINYARD_SANDBOX_PACE": PACE, "BROWSER": str(browser), "DEFAULT_BROWSER": str(browser)})
        self.app.show_page(6, "Compute")
        told = self.home / "sandbox/client.json"
        wait_until("the sandbox", told.exists, 120)
        self.client = json.loads(told.read_text())

    def picture(self, name):
        if SHOTS:
            self.shot += 1
            time.sleep(0.5)
            self.app.screenshot(f"{SHOTS}/accounts-{self.shot:02}-{name}.png")

    def fill(self, **fields):
        for name, text in fields.items():
            self.app.click(self.app.find(name=name.replace("_", " "), role=["text", "password text", "entry"]))
            xdotool("key", "ctrl+a", "BackSpace")
            self.app.type(str(text))

    def choose(self, current, text):
        """A choice is named by what is chosen."""
        self.app.click(self.app.find(name=current, role="combo box"))
        time.sleep(0.3)
        self.app.type(text)
        xdotool("key", "Return")
        time.sleep(0.3)

    def addresses(self, management, login=True):
        if not self.app.find_all(name="Management address", role="text"):
            self.app.click(self.app.find(contains="Other addresses"))
        self.fill(Management_address=management)
        if login:
            self.fill(**{"Sign-in_address": self.client["authority"]})
        self.fill(Certificate_authority=self.client["caFile"])

    def row(self, *texts, seconds=60):
        """The table of the accounts has these cells."""
        for text in texts:
            self.app.find(role="table cell", contains=text, seconds=seconds)

    def principal(self):
        app = self.app
        app.click_button("Accounts…", 60)
        self.row("Sandbox (this computer)", "✔ Connected")
        check("the sandbox is connected from the first start", True)
        self.picture("first")
        app.click_button("Add an account…")
        app.find(name="Microsoft Azure", role="combo box")
        self.choose("In a browser, by a code", "Service principal with a s")
        self.fill(Name_here="Research", Tenant=self.client["tenantId"], Client_id=self.client["clientId"])
        check("nothing is sent without a secret", app.find_all(contains="The client secret is missing."))
        self.fill(Client_secret=self.client["clientSecret"] + "x")
        self.addresses(self.client["endpoint"])
        self.picture("form")
        app.click_button("Sign in")
        app.find(contains="Research is not signed in.", seconds=60)
        check("a wrong secret is told, with the cloud's own words", app.find_all(contains="Invalid client secret"))
        self.picture("refused")
        check("nothing is kept of it", [row["name"] for row in app.cli("cloud", "accounts")] == ["sandbox", "sandbox-google"])
        self.fill(Client_secret=self.client["clientSecret"])
        app.click_button("Sign in")
        self.row("Research", "✔ Connected ·")
        check("the right one is taken", True)
        self.picture("added")

    def test(self):
        self.app.click(self.app.find(role="table cell", name="Research"))
        self.app.click_button("Test the connection")
        self.app.find(contains="The cloud of Research answers.", seconds=60)
        check("the connection is tested, and it is said what it may use", True)
        self.picture("tested")

    def person(self):
        app = self.app
        app.click_button("Add an account…")
        app.find(name="Microsoft Azure", role="combo box")
        self.fill(Name_here="Me")
        self.addresses(self.client["endpoint"])
        app.click_button("Sign in")
        code = app.find(contains="Code ", role="label", seconds=60).name.split(" ", 1)[1]
        app.click_button("Open the page")
        wait_until("the browser", self.opened.exists, 30)
        page = self.opened.read_text()
        check("the browser is sent to the page of the sign-in", page.endswith("/devicelogin"), page)
        self.picture("code")
        context = ssl.create_default_context(cafile=self.client["caFile"])
        data = urllib.parse.urlencode({"code": code, "answer": "yes"}).encode()
        with urllib.request.urlopen(page, data=data, context=context, timeout=30) as answer:
            check("the code is the one that the page knows", b"You are signed in" in answer.read())
        self.row("Me", seconds=90)
        check("a person is signed in by a code", True)

    def cancelled(self):
        app = self.app
        app.click_button("Add an account…")
        app.find(name="Microsoft Azure", role="combo box")
        self.fill(Name_here="Nobody")
        self.addresses(self.client["endpoint"])
        app.click_button("Sign in")
        app.find(contains="The code holds for", seconds=60)
        began = time.monotonic()
        app.click_button("Cancel")
        app.click_button("Add an account…", 30)
        check("a sign-in that is waited for is cancelled at once", time.monotonic() - began < 5 * desktop.overload())
        app.find(name="Microsoft Azure", role="combo box")
        xdotool("key", "Escape")
        check("nothing is kept of it", "Nobody" not in [row["name"] for row in app.cli("cloud", "accounts")])

    def google(self):
        app = self.app
        app.click_button("Add an account…")
        self.choose("Microsoft Azure", "Google")
        self.fill(Name_here="Lab", Key_file=self.home / "sandbox/google-service-account.json")
        self.addresses(self.client["endpoint"], login=False)
        app.click_button("Sign in")
        self.row("Lab")
        check("Google's key file is taken, and its project with it",
              any(row["name"] == "Lab" and row["project"] for row in app.cli("cloud", "accounts")))

    def rename(self):
        app = self.app
        app.click(app.find(role="table cell", name="Research"))
        app.click_button("Rename…")
        app.find(contains="What shall Research be called?")
        xdotool("key", "ctrl+a")
        app.type("Laboratory")
        app.click_button("Rename")
        self.row("Laboratory")
        app.click_button("Test the connection")
        app.find(contains="The cloud of Laboratory answers.", seconds=60)
        check("a renamed account works on with its secret", True)

    def out_and_in(self):
        app = self.app
        app.click_button("Sign out")
        app.find(contains="Sign Laboratory out?")
        # The question's own button has the same name; it is the one that was added last.
        wait_until("both buttons", lambda: len(app.find_all(name="Sign out", role=desktop.BUTTON)) >= 2)
        app.click(app.find_all(name="Sign out", role=desktop.BUTTON)[-1])
        self.row("○ Signed out")
        self.picture("signed-out")
        app.click_button("Test the connection")
        app.find(contains="Laboratory is not connected.", seconds=60)
        check("a signed-out account is refused with words", True)
        self.picture("not-connected")
        app.click_button("Sign in again…")
        self.fill(Client_secret=self.client["clientSecret"])
        app.click_button("Sign in")
        wait_until("it is signed in again", lambda: not app.find_all(role="table cell", contains="○ Signed out"))
        check("it is signed in again with the secret alone", True)

    def remove(self):
        app = self.app
        for name in ("Laboratory", "Me", "Lab"):
            app.click(app.find(role="table cell", name=name))
            app.click_button("Remove…")
            app.find(contains="Lost are: its sign-in")
            if name == "Laboratory":
                self.picture("remove")
            app.click_button(f"Remove {name}")
            wait_until(f"{name} to go", lambda: not app.find_all(role="table cell", name=name))
        check("they are gone", [row["name"] for row in app.cli("cloud", "accounts")] == ["sandbox", "sandbox-google"])


def scenario(folder):
    tour = Tour(folder)
    tour.principal()
    tour.test()
    tour.person()
    tour.cancelled()
    tour.google()
    tour.rename()
    tour.out_and_in()
    tour.remove()
    tour.app.close()
    with sqlite3.connect(f"file:{tour.home}/catalog.sqlite?mode=ro", uri=True) as catalog:
        kept = json.dumps(catalog.execute("SELECT key, value FROM settings").fetchall())
    check("the catalog keeps no refresh token", "eyJ" not in kept)
    stalls = json.loads(tour.watchdog.read_text())
    print(f"longest stall of the GUI thread: {stalls['longestMilliseconds']} ms", flush=True)
    check("the GUI thread never waited", stalls["longestMilliseconds"] < 1000 * desktop.overload(), str(stalls))
    found, places = secrets_in(folder, tour.home, known_secrets(tour.home))
    check(f"no secret in {places} places", not found, str(found))


# The sandbox outlives its window, as a cloud does: run() ends whatever still works in the folder.
desktop.run(scenario)
