#!/usr/bin/python3
"""The verbs of `trainyard data` and `trainyard stores` are there by their names, each answers as JSON, and each kind of address
is understood: paths, az:// and azfile:// and gs:// (the address alone, nobody answers there), sftp:// likewise, https://."""

import json
import os
import subprocess
import sys
import tempfile

BIN = os.environ["TRAINYARD_BIN"] + "/trainyard"
TABLE = "height,width,kind\n" + "".join(f"{i % 7}.5,{i % 5},{'yes' if i % 2 else 'no'}\n" for i in range(60))


class Program:
    def __init__(self, home):
        self.environment = dict(
            os.environ, TRAINYARD_HOME=home, DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent", TRAINYARD_PASSPHRASE="a test's own")

    def run(self, *words, stdin=""):
        return subprocess.run(
            [BIN, *words], env=self.environment, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)

    def json(self, *words, stdin=""):
        done = self.run(*words, "--json", stdin=stdin)
        assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def refuses(self, *words):
        """The error as JSON of a command that cannot succeed."""
        done = self.run(*words, "--json")
        assert done.returncode != 0, words
        return json.loads(done.stdout or done.stderr.strip().splitlines()[-1])["error"]


def main():
    if not os.path.exists(BIN):
        print("SKIP: needs the window's program")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        program = Program(folder + "/home")
        os.mkdir(folder + "/data")
        table = folder + "/data/table.csv"
        with open(table, "w") as file:
            file.write(TABLE)

        seen = program.json("data", "inspect", table)
        assert seen["samples"] == 60, seen
        imported = program.json("data", "import", table)["datasets"][0]
        assert imported["version"] == 1 and imported["samples"] == 60, imported
        with open(table, "a") as file:
            file.write("9.5,4,yes\n")
        again = program.json("data", "add", table)["datasets"][0]  # the name that `import` had before
        assert again["version"] == 2, again
        versions = program.json("data", "versions", str(again["id"]))["versions"]
        assert [one["version"] for one in versions] == [1, 2] and "+1 samples" in versions[1]["changes"], versions
        exported = program.json("data", "export", str(again["id"]), "--to", "npz", "--out", folder + "/out")
        assert exported["files"], exported
        told = program.json("data", "export", str(again["id"]), "--out", folder + "/told.json")
        assert told["file"] == folder + "/told.json" and os.path.exists(told["file"]), told

        assert [entry["path"].rsplit("/")[-1] for entry in program.json("data", "ls", folder + "/data")["entries"]] == ["table.csv"]
        copied = program.json("data", "cp", table, folder + "/copy/table.csv")
        assert copied["state"] == "done", copied
        synced = program.json("data", "sync", folder + "/data", folder + "/mirror")
        assert synced["filesDone"] == 1, synced
        synced = program.json("data", "sync", folder + "/data", folder + "/mirror")
        assert synced["filesSkipped"] == 1, synced

        added = program.json("stores", "add", "here", folder + "/data")
        assert added["name"] == "here", added
        assert [store["name"] for store in program.json("stores", "list")["stores"]] == ["here"]
        assert program.json("stores", "test", "here")["ok"]
        assert len(program.json("data", "ls", "here:")["entries"]) == 1
        assert program.refuses("data", "undelete", "here:table.csv")["kind"] == "unsupported"
        program.json("stores", "remove", "here")
        assert program.json("stores", "list")["stores"] == []

        for kind, address in {
                "blob": "az://research/images", "files": "azfile://research/share/pictures",
                "sftp": "sftp://somebody@127.0.0.1:1/data", "web": "https://127.0.0.1:1/data/table.csv"}.items():
            added = program.json("stores", "add", kind, address, stdin="\n")
            assert added["kind"] == kind, added
        told = program.refuses("stores", "add", "google", "gs://pictures")  # is opened by an account's sign-in alone
        assert told["message"] == "no account of Google is connected", told
        print("all verbs answer")
    return 0


sys.exit(main())
