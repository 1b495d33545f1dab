#!/usr/bin/python3
"""The data steps of a Batch AI tutorial with a real mouse, in the sandbox: a storage account is created, a share and a directory
in it, training set, test set and script are uploaded and listed, outputs downloaded, and everything is deleted again."""
import os
import subprocess

import desktop
from desktop import App, check, wait_until


def shot(app, name):
    folder = os.environ.get("TRAINYARD_E2E_SHOTS")
    if folder:
        app.screenshot(f"{folder}/{name}.png")


def scenario(folder):
    os.environ["TRAINYARD_PASSPHRASE"] = "open sesame"  # the window and the command line share an encrypted file
    os.environ.setdefault("TRAINYARD_SANDBOX_PACE", "100")
    files = {"Train-28x28_cntk_text.txt": "|labels 0 1 |features 0 255\n" * 4000,
             "Test-28x28_cntk_text.txt": "|labels 1 0 |features 255 0\n" * 500,
             "ConvNet_MNIST.py": "print('Finished Epoch[1 of 40]')\n"}
    for name, text in files.items():
        (folder / name).write_text(text)

    app = App(folder / "home")
    app.show_page(2, "Data")
    app.click(app.find(name="Storage accounts…"))
    app.find(name="Storage accounts", role=["dialog", "frame"])
    app.find(name="trainyardsandbox")
    shot(app, "storage_accounts")
    app.click_button("Create…")
    app.find(name="New storage account", role=["dialog", "frame"])
    app.click(app.find(name="Name of the storage account"))
    app.type("Seed")
    app.find(contains="cannot be the name of a storage account")
    check("a wrong name is told before anything is asked for", True)
    desktop.xdotool("key", "ctrl+a")  # the dialog has the keyboard
    app.type("batchaidata")
    app.find(contains="An empty account costs nothing")
    shot(app, "storage_new")
    app.click_button("Create")
    wait_until("the account and its store", lambda: [
        store for store in app.cli("stores", "list") if store["name"] == "batchaidata"], 120)
    check("the account is made and open as a store", True)
    accounts = [each for each in app.cli("storage", "list") if each["name"] == "batchaidata"]
    check("the command line sees it, with our tag", accounts and accounts[0]["ours"], str(accounts))
    app.find(name="Address of the folder")

    app.click_button("New share…")
    app.find(name="New share", role=["dialog", "frame"])
    app.type("batchaisample")
    desktop.xdotool("key", "Return")
    share = app.find(name="batchaisample/")
    app.click(share, count=2)
    app.find(name="0 entries")
    app.click_button("New folder…")
    app.find(name="New folder", role=["dialog", "frame"])
    app.type("mnistcntksample")
    desktop.xdotool("key", "Return")
    app.click(app.find(name="mnistcntksample/"), count=2)
    app.find(name="0 entries")
    check("share and directory are made by click", True)
    table = app.find(name="Files and folders of the store")
    app.drop([folder / name for name in files], at=app.centre(table), announced_by=None)
    app.find(name="3 entries", seconds=60)
    shot(app, "storage_uploaded")
    listed = {entry["path"].rsplit("/", 1)[-1]: entry["bytes"] for entry in app.cli("data", "ls", "batchaidata:batchaisample/mnistcntksample")}
    check("training set, test set and script are there", listed == {name: len(text) for name, text in files.items()}, str(listed))

    subprocess.run(  # what a job would leave behind
        [desktop.BIN / "trainyard", "data", "cp", "-q", str(folder / "ConvNet_MNIST.py"), "batchaidata:batchaisample/stdouterr/stdout.txt"],
        env=dict(os.environ, TRAINYARD_HOME=str(folder / "home")), check=True)
    path = app.find(name="Address of the folder")
    app.click(path, count=3)
    app.type("batchaidata:batchaisample/stdouterr")
    app.key("Return")
    app.click(app.find(name="stdout.txt"))
    app.key("Return")
    target = folder / "outputs"
    target.mkdir()
    app.find(name="Download into", role=["dialog", "frame", "file chooser"])
    app.type(str(target))
    desktop.xdotool("key", "Return")
    wait_until("the output here", lambda: (target / "stdout.txt").exists())
    check("an output comes back as it was", (target / "stdout.txt").read_text() == files["ConvNet_MNIST.py"])

    path = app.find(name="Address of the folder")
    app.click(path, count=3)
    app.type("batchaidata:")
    app.key("Return")
    app.click(app.find(name="batchaisample/"))
    app.key("Delete")
    app.click_button("Delete")
    app.find(name="0 entries")
    check("a share goes with all that lies in it", not app.cli("data", "ls", "batchaidata:"))

    app.click(app.find(name="Storage accounts…"))
    app.find(name="Storage accounts", role=["dialog", "frame"])
    app.click(app.find(name="trainyard", role="table cell"))  # its group: no other widget says that
    app.click_button("Delete…")
    app.find(contains="This destroys")
    shot(app, "storage_delete")
    app.type("batchaidata")
    app.click_button("Delete batchaidata")
    wait_until("the account to be gone", lambda: not [
        each for each in app.cli("storage", "list") if each["name"] == "batchaidata"], 60)
    wait_until("its store to be forgotten", lambda: not app.cli("stores", "list"))
    check("the account is deleted with its store", True)
    many = folder / "many"
    many.mkdir()
    for i in range(12000):
        (many / f"picture {i:05d}.png").touch()
    subprocess.run(
        [desktop.BIN / "trainyard", "stores", "add", "many", str(many)], env=dict(os.environ, TRAINYARD_HOME=str(folder / "home")),
        check=True, stdout=subprocess.DEVNULL)
    app.close()
    app = App(folder / "home", watchdog=folder / "watchdog.json")
    app.show_page(2, "Data")
    app.click(app.find(name="many"))
    app.find(name="12,000 entries", seconds=60)
    check("a folder of several pages is listed whole", True)
    app.close()


desktop.run(scenario)
