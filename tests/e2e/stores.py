#!/usr/bin/python3
"""A store is added by pasting a connection string, browsed, filled by dropping a file on it and emptied by downloading, with
a real mouse, against Microsoft's storage emulator."""
import hashlib
import os
import shutil
import subprocess
import sys

import desktop
from desktop import App, check, wait_until
from store_tools import AZURITE, KEY, start_azurite


def shot(app, name):
    folder = os.environ.get("TRAINYARD_E2E_SHOTS")
    if folder:
        app.screenshot(f"{folder}/{name}.png")


def scenario(folder):
    azurite, connection = start_azurite(folder / "azurite")
    try:
        use_store(folder, connection)
    finally:
        azurite.kill()
        azurite.wait()


def use_store(folder, connection):
    os.environ["TRAINYARD_PASSPHRASE"] = "open sesame"  # the window and the command line share an encrypted file
    cli_home = dict(os.environ, TRAINYARD_HOME=str(folder / "home"), AZURE_STORAGE_CONNECTION_STRING=connection)
    (folder / "photos" / "cats").mkdir(parents=True)
    for i in range(30):
        (folder / "photos" / "cats" / f"cat {i}.txt").write_text(f"meow {i}\n" * 20)
    for words in (["data", "mkdir", "az://devstoreaccount1/train"],
                  ["data", "cp", str(folder / "photos"), "az://devstoreaccount1/train/"]):
        subprocess.run([desktop.BIN / "trainyard", *words], env=cli_home, check=True, stdout=subprocess.DEVNULL)
    large = folder / "weights äé.bin"
    large.write_bytes(os.urandom(40 << 20))

    app = App(folder / "home")
    app.show_page(2, "Data")
    app.click(app.find(name="Add a store…"))
    app.find(name="Add a store", role=["dialog", "frame"])
    app.click(app.find(name="Address"))
    app.type(connection)
    app.find(contains="Azure Blob storage: az://devstoreaccount1, with its key")
    name = app.find(name="Name")
    app.click(name, count=3)
    app.type("lab")
    shot(app, "store_dialog")
    app.click_button("Add")
    train = app.find(name="train/")
    check("the store shows its containers", True)
    app.click(train, count=2)
    app.click(app.find(name="photos/"), count=2)
    app.click(app.find(name="cats/"), count=2)
    app.find(name="30 entries")
    check("folders open by a double click", True)
    shot(app, "store_folder")

    path = app.find(name="Address of the folder")
    app.click(path, count=3)
    app.type("lab:train")
    app.key("Return")
    app.find(name="1 entry")
    table = app.find(name="Files and folders of the store")
    app.drop([large], at=app.centre(table), announced_by=None)
    app.find(name=large.name)
    entries = wait_until("the file in the store", lambda: [
        entry for entry in app.cli("data", "ls", "lab:train") if entry["path"].endswith(large.name)])
    check("a dropped file is in the store", entries[0]["bytes"] == 40 << 20)
    check("with its checksum", entries[0]["md5"] == hashlib.md5(large.read_bytes()).hexdigest())
    shot(app, "store_uploaded")

    app.click(app.find(name=large.name))
    app.key("Return")
    target = folder / "downloads"
    target.mkdir()
    app.find(name="Download into", role=["dialog", "frame", "file chooser"])
    app.type(str(target))
    desktop.xdotool("key", "Return")  # the dialog has the keyboard
    back = target / large.name
    wait_until("the file here", lambda: back.exists() and back.stat().st_size == 40 << 20)
    check("it comes back as it was", back.read_bytes() == large.read_bytes())
    desk = folder / "desk"
    desk.mkdir()
    check("a file manager is answered", app.drag_out(app.centre(app.find(name=large.name)), desk) == "S")
    dropped = desk / large.name
    wait_until("the file where it was dropped", lambda: dropped.exists() and dropped.stat().st_size == 40 << 20)
    check("what is dragged out comes as it was", dropped.read_bytes() == large.read_bytes())
    app.key("alt+v")
    app.click(app.find(name="Activity"))
    app.find(contains="✔ Done")
    wait_until("all three in Activity", lambda: len(app.find_all(name="Copy")) == 3)
    shot(app, "store_downloaded")

    huge = folder / "huge.bin"
    with open(huge, "wb") as file:
        for _ in range(300):
            file.write(os.urandom(1 << 20))
    table = app.find(name="Files and folders of the store")
    app.drop([huge], at=app.centre(table), announced_by=None)
    wait_until("the copy to begin", lambda: app.cli("transfers", "list")[0]["source"] == str(huge))
    app.kill()
    newest = app.cli("transfers", "list")[0]
    check("the window was ended in the middle of a copy", newest["source"] == str(huge) and newest["state"] == "running", str(newest))
    app = App(folder / "home")
    wait_until("the copy to be done", lambda: app.cli("transfers", "list")[0]["state"] == "done", 180)
    entry = [entry for entry in app.cli("data", "ls", "lab:train") if entry["path"].endswith("huge.bin")][0]
    check("the next start went on with it by itself", entry["bytes"] == 300 << 20)
    check("and its bytes are the file's", entry["md5"] == hashlib.md5(huge.read_bytes()).hexdigest())
    app.close()
    secrets = [file for file in (folder / "home").rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    check("the key lies in no file as it is", not secrets, str(secrets))


if not AZURITE or not os.path.exists(AZURITE) or not shutil.which("node"):
    print("SKIP: needs node and the packages of tests/cloud/storage/node")
    sys.exit(77)
desktop.run(scenario)
