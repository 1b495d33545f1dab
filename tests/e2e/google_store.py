#!/usr/bin/python3
"""A bucket is added as a store by the sign-in of an account (the sandbox's), filled by dropping a file on it and trained from,
with a real mouse; nothing leaves this computer."""
import os
import pathlib
import subprocess

import desktop
from desktop import App, check, wait_until


def shot(app, name):
    folder = os.environ.get("TRAINYARD_E2E_SHOTS")
    if folder:
        app.screenshot(f"{folder}/{name}.png")


def scenario(folder):
    os.environ["TRAINYARD_CACHE"] = str(folder / "cache")
    home = dict(os.environ, TRAINYARD_HOME=str(folder / "home"))

    def trainyard(*words):
        done = subprocess.run(
            [desktop.BIN / "trainyard", *words], env=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stdout}"
        return done.stdout

    trainyard("stores", "add", "project", "gs://", "--account", "sandbox-google")
    trainyard("data", "mkdir", "project:flowers")
    iris = pathlib.Path(__file__).parents[2] / "resources" / "samples" / "iris.csv"
    trainyard("data", "cp", str(iris), "project:flowers/iris.csv", "--quiet")
    check("the command line lists the bucket", "iris.csv" in trainyard("data", "ls", "project:flowers"))
    trained = trainyard("train", "project:flowers/iris.csv")
    check("a run reads its data from the bucket", "done" in trained.lower() or "accuracy" in trained.lower(), trained[-400:])

    app = App(folder / "home")
    app.show_page(2, "Data")
    app.click(app.find(name="Add a store…"))
    app.find(name="Add a store", role=["dialog", "frame"])
    app.click(app.find(name="Address"))
    app.type("gs://flowers")
    app.find(contains="Google Cloud Storage: gs://flowers")
    app.find(name="Opened by")
    shot(app, "google_store_dialog")
    app.click_button("Add")
    app.find(name="iris.csv")
    check("the store opened by an account shows its files", True)
    large = folder / "weights äé.bin"
    large.write_bytes(os.urandom(40 << 20))
    table = app.find(name="Files and folders of the store")
    app.drop([large], at=app.centre(table), announced_by=None)
    entries = wait_until("the file in the bucket", lambda: [
        entry for entry in app.cli("data", "ls", "flowers:") if entry["path"].endswith(large.name)])
    check("a dropped file is in the bucket", entries[0]["bytes"] == 40 << 20)
    shot(app, "google_store_folder")
    back = folder / "back.bin"
    trainyard("data", "cp", f"flowers:{large.name}", str(back), "--quiet")
    check("it comes back as it was", back.read_bytes() == large.read_bytes())
    app.close()


desktop.run(scenario)
