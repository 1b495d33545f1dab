#!/usr/bin/python3
"""Cloud accounts by mouse, against the sandbox's own sign-in: a service principal typed wrong and right, a person's code in a
browser, a key file of Google; tested, renamed, signed out and in again, removed. Afterwards no secret lies where none belongs.
"""
import json
import os
import pathlib
import shutil
import sqlite3
import ssl
import subprocess
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
    def __init__(self, folder, extra=None):
        self.folder = folder
        self.home = folder / "home"
        self.shot = 0
        self.opened = folder / "opened"  # the address that the browser was given
        browser = folder / "browser"
        browser.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > {self.opened}\n")
        browser.chmod(0o755)
        self.watchdog = folder / "watchdog.json"
        self.environment = {
            "TRAINYARD_SANDBOX_PACE": PACE, "BROWSER": str(browser), "DEFAULT_BROWSER": str(browser),
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.home / "sandbox/google-service-account.json"), **(extra or {})}
        self.app = App(self.home, watchdog=self.watchdog, extra=self.environment)
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
        check("nothing is sent without a secret", app.find(contains="The client secret is missing."))
        self.fill(Client_secret=self.client["clientSecret"] + "x")
        self.addresses(self.client["endpoint"])
        self.picture("form")
        app.click_button("Sign in")
        app.find(contains="Research is not signed in.", seconds=60)
        check("a wrong secret is told, with the cloud's own words", app.find(contains="Invalid client secret"))
        self.picture("refused")
        check("nothing is kept of it", [row["name"] for row in app.cli("cloud", "accounts")] == ["sandbox", "sandbox-google"])
        self.fill(Client_secret=self.client["clientSecret"])
        app.click_button("Sign in")
        app.find(contains="No keychain runs here.", seconds=60)
        check("nothing is kept before the person has said where", "Research" not in [row["name"] for row in app.cli("cloud", "accounts")])
        self.fill(Passphrase="open sesame", Once_more="open simsim")
        check("a new passphrase is typed twice the same", app.find(contains="Both have to be the same."))
        self.picture("passphrase")
        self.fill(Once_more="open sesame")
        app.click_button("Encrypt with it")
        self.row("Research", "✔ Connected ·")
        check("the right one is taken", True)
        check("its secret is in the encrypted file", (self.home / "data/secrets.json").exists() or list(self.home.rglob("secrets.json")))
        self.picture("added")

    def administer(self, what, **body):
        """Something that a person at the sandbox itself does."""
        request = urllib.request.Request(
            f"{self.client['endpoint']}/sandbox/{what}", data=json.dumps(body).encode(), method="POST",
            headers={"x-sandbox-admin": "1", "Content-Type": "application/json"})
        context = ssl.create_default_context(cafile=self.client["caFile"])
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def several(self):
        """Another subscription comes along, and is chosen."""
        app = self.app
        second = self.administer("scopes", subscription="Second")["id"]
        self.administer("scopes", project="second-project", name="Second")
        app.click(app.find(role="table cell", name="Research"))
        app.click_button("Subscription…")
        self.choose(f"Trainyard sandbox (this computer) · {self.client['subscriptionId']}", "Second")
        self.picture("subscriptions")
        app.click_button("Use it")
        app.find(contains=f"Subscription: {second}", seconds=60)
        check("another subscription is chosen in the window", [
            row["subscription"] for row in app.cli("cloud", "accounts") if row["name"] == "Research"] == [second])

    def certificate(self):
        """A service principal with a certificate that openssl made."""
        app = self.app
        pem = self.folder / "principal.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(pem), "-out", str(self.folder / "public.pem"),
             "-days", "2", "-subj", "/CN=trainyard"], check=True, capture_output=True)
        public = (self.folder / "public.pem").read_text()
        pem.write_text(pem.read_text() + public)
        context = ssl.create_default_context(cafile=self.client["caFile"])
        request = urllib.request.Request(
            f"{self.client['endpoint']}/sandbox/certificate", data=public.encode(), method="POST", headers={"x-sandbox-admin": "1"})
        urllib.request.urlopen(request, context=context, timeout=30).close()
        app.click_button("Add an account…")
        app.find(name="Microsoft Azure", role="combo box")
        self.choose("In a browser, by a code", "Service principal with a c")
        self.fill(Name_here="Certified", Tenant=self.client["tenantId"], Client_id=self.client["clientId"], Certificate_file=pem)
        self.addresses(self.client["endpoint"])
        app.click_button("Sign in")
        app.find(contains="You are signed in. Where are machines made", seconds=60)
        self.picture("where")
        app.click_button("Save")
        self.row("Certified")
        check("a certificate signs in, and the subscription is chosen among several", True)

    def identity(self):
        """As on a machine that has an identity: its endpoint is the sandbox's."""
        app = self.app
        app.click_button("Add an account…")
        app.find(name="Microsoft Azure", role="combo box")
        self.choose("In a browser, by a code", "Identity")
        self.fill(Name_here="Machine")
        self.addresses(self.client["endpoint"], login=False)
        app.click_button("Sign in")
        app.find(contains="You are signed in. Where are machines made", seconds=60)
        app.click_button("Save")
        self.row("Machine")
        check("the identity of the machine signs in", True)

    def defaults(self):
        """Google's application default credentials, and a project among those that they see."""
        app = self.app
        app.click_button("Add an account…")
        self.choose("Microsoft Azure", "Google")
        self.choose("Service account's key file", "Application")
        self.fill(Name_here="Defaults")
        self.addresses(self.client["endpoint"], login=False)
        app.click_button("Sign in")
        app.find(contains="You are signed in. Where are machines made", seconds=60)
        self.choose("Second · second-project", "Trainyard")
        self.picture("projects")
        app.click_button("Save")
        self.row("Defaults")
        check("default credentials sign in, and a project is chosen from a list",
              any(row["name"] == "Defaults" and row["project"] == self.client["googleProject"] for row in app.cli("cloud", "accounts")))

    def programs(self):
        """The real az and gcloud, signed in to the sandbox: the window uses what they are signed in with."""
        app = self.app
        endpoint, ca_file = self.client["endpoint"], self.client["caFile"]
        environment = dict(
            os.environ, REQUESTS_CA_BUNDLE=ca_file, AZURE_CONFIG_DIR=str(self.folder / "azure"), AZURE_CORE_COLLECT_TELEMETRY="no",
            CLOUDSDK_CONFIG=str(self.folder / "gcloud"), CLOUDSDK_CORE_DISABLE_PROMPTS="1", CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE=ca_file)
        for command in (
            ["az", "cloud", "register", "--name", "sandbox", "--endpoint-resource-manager", endpoint,
             "--endpoint-active-directory", endpoint + "/adfs", "--endpoint-active-directory-resource-id", endpoint,
             "--endpoint-active-directory-graph-resource-id", endpoint, "--suffix-storage-endpoint", "core.x.localhost",
             "--endpoint-vm-image-alias-doc", endpoint + "/aliases.json"],
            ["az", "cloud", "set", "--name", "sandbox"],
            ["az", "login", "--service-principal", "-u", self.client["clientId"], "-p", self.client["clientSecret"],
             "--tenant", self.client["tenantId"]],
            ["gcloud", "auth", "activate-service-account", f"--key-file={self.home}/sandbox/google-service-account.json"],
        ):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
            check(" ".join(command[:3]), done.returncode == 0, done.stderr)
        for name, cloud, way in (("By az", "Microsoft Azure", "As az"), ("By gcloud", "Google", "As gcloud")):
            app.click_button("Add an account…")
            if cloud == "Google":
                self.choose("Microsoft Azure", cloud)
            app.find(name="Microsoft Azure" if cloud != "Google" else "Google Cloud", role="combo box")
            self.choose("In a browser, by a code" if cloud != "Google" else "Service account's key file", way)
            self.fill(Name_here=name)
            self.addresses(endpoint, login=False)
            app.click_button("Sign in")
            self.row(name, "✔ Connected ·", seconds=120)
            check(f"{way.lower()} is signed in, so is the window", True)

    def locked(self):
        """The next start: the encrypted file wants its passphrase."""
        self.app.close()
        self.environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = self.client["endpoint"]  # as on a machine with an identity
        self.app = App(self.home, watchdog=self.watchdog, extra=self.environment)
        app = self.app
        app.show_page(6, "Compute")
        app.click_button("Accounts…", 60)
        app.click(app.find(role="table cell", name="Research"))
        app.find(contains="which is locked", seconds=60)
        self.picture("locked")
        app.click_button("Unlock…")
        self.fill(Passphrase="open simsim")
        app.click_button("Unlock")
        app.find(contains="The sign-ins are still locked.", seconds=60)
        check("a wrong passphrase is told", app.find(contains="does not open"))
        self.picture("wrong-passphrase")
        self.fill(Passphrase="open sesame")
        app.click_button("Unlock")
        wait_until("the file to open", lambda: not app.find_all(contains="which is locked"))
        self.test()
        check("the right one opens it", True)

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
        app.find(contains="You are signed in. Where are machines made", seconds=90)
        app.click_button("Save")
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
        app.find(contains="You are signed in. Where are machines made", seconds=60)
        app.click_button("Save")  # the key file's own is the first choice
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
        for name in ("Laboratory", "Certified", "Machine", "Me", "Lab", "Defaults"):
            app.click(app.find(role="table cell", name=name))
            app.click_button("Remove…")
            app.find(contains="Lost are: its sign-in")
            if name == "Laboratory":
                self.picture("remove")
            app.click_button(f"Remove {name}")
            wait_until(f"{name} to go", lambda: not app.find_all(role="table cell", name=name))
        check("they are gone", [row["name"] for row in app.cli("cloud", "accounts")] == ["sandbox", "sandbox-google"])


def with_programs(folder):
    for program in ("az", "gcloud"):
        if shutil.which(program) is None:
            print(f"SKIP: {program} is not installed")
            sys.exit(77)
    authority = str(folder / "home/sandbox/tls/ca.pem")
    tour = Tour(folder, {
        "AZURE_CONFIG_DIR": str(folder / "azure"), "CLOUDSDK_CONFIG": str(folder / "gcloud"), "REQUESTS_CA_BUNDLE": authority,
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE": authority})
    tour.app.click_button("Accounts…", 60)
    tour.programs()
    tour.app.close()


def scenario(folder):
    tour = Tour(folder)
    tour.principal()
    tour.test()
    tour.several()
    tour.person()
    tour.cancelled()
    tour.certificate()
    tour.google()
    tour.defaults()
    tour.locked()
    tour.identity()
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
desktop.run(with_programs if "programs" in sys.argv[1:] else scenario)
