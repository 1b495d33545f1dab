#!/usr/bin/python3
"""A tour of `trainyard vm` in the sandbox, after and during which no secret may be found where it does not belong.

Usage: no_secrets.py BIN_FOLDER
Secrets: the account's client secret, every access token that was given out, and the private SSH key.
Looked through: every file below the data folder but those that are the secrets' own places, the programs' output, and
the command lines of all processes while they run.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

BIN = pathlib.Path(sys.argv[1]).resolve()
PASSPHRASE = "a passphrase of some words"


class CommandLines(threading.Thread):
    """Reads the command lines of all processes as often as it can."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = set()
        self.is_over = False

    def run(self):
        while not self.is_over:
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    self.seen.add((process / "cmdline").read_bytes())
                except OSError:
                    pass  # gone
            time.sleep(0.01)


def tour(home, environment):
    """Every verb once; its output."""
    output = b""
    wanted = ["--size", "Standard_D2s_v5", "--region", "eastus", "--allow-from", "127.0.0.1/32", "--yes"]
    for words in (
        ["create", "tour-1", *wanted],
        ["list", "--json"],
        ["show", "tour-1", "--json"],
        ["ssh", "tour-1", "--", "true"],
        ["stop", "tour-1"],
        ["start", "tour-1"],
        ["restart", "tour-1"],
        ["resize", "tour-1", "--size", "Standard_D4s_v5", "--yes"],
        ["create", "tour-2", "--size", "Nonsense", *wanted[2:]],  # fails: error texts count, too
        ["capture", "tour-1", "--image", "tour-image", "--yes"],
        ["delete", "tour-1", "--yes"],
    ):
        done = subprocess.run(
            [BIN / "trainyard", "vm", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, timeout=120,
        )
        # A shell wants an SSH server and a login that may be renamed, which not every computer has.
        wanted_codes = (0, 1, 255) if words[0] == "ssh" else (1,) if "tour-2" in words else (0,)
        assert done.returncode in wanted_codes, f"vm {words}: {done.returncode}\n{done.stdout.decode(errors='replace')}"
        output += done.stdout
    return output + sign_in(home, environment)


def sign_in(home, environment):
    """An account with a secret of its own: typed wrong, typed right, used, with the encrypted file wrongly opened, forgotten."""
    client = json.loads((home / "sandbox/client.json").read_text())
    login = ["cloud", "login", "Research", "--sign-in", "secret", "--tenant", client["tenantId"], "--client-id",
             client["clientId"], "--endpoint", client["endpoint"], "--login-endpoint", client["authority"], "--ca-file",
             client["caFile"]]
    question = ["vm", "list", "--account", "Research"]
    secret = client["clientSecret"]
    output = b""
    for words, typed, passphrase, wanted in (
        (login, secret + "x", PASSPHRASE, 1),
        (question, "", PASSPHRASE, 1),  # no such account
        (login, secret, PASSPHRASE, 0),
        (question, "", PASSPHRASE, 0),
        (question, "", "wrong", 1),
        (["cloud", "logout", "Research"], "", PASSPHRASE, 0),
        (question, "", PASSPHRASE, 1),
    ):
        done = subprocess.run(
            [BIN / "trainyard", *words], env={**environment, "TRAINYARD_PASSPHRASE": passphrase}, input=typed.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, cwd=home,
        )
        is_right = done.returncode in ((0,) if wanted == 0 else (1, 3))
        assert is_right, f"{words[:3]}: {done.returncode}\n{done.stdout.decode(errors='replace')}"
        output += done.stdout
    return output


def main():
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        environment = {
            **os.environ, "TRAINYARD_HOME": folder, "TRAINYARD_SANDBOX_PACE": "1000", "DBUS_SESSION_BUS_ADDRESS": "",
            "XDG_RUNTIME_DIR": folder,
        }  # no keychain of whoever runs this
        watcher = CommandLines()
        watcher.start()
        try:
            output = tour(home, environment)
        finally:
            watcher.is_over = True
            watcher.join()
            subprocess.run(["pkill", "-TERM", "-f", f"trainyard-sandbox --data-dir {folder}/sandbox"], check=False)
            time.sleep(0.5)
        secret = json.loads((home / "sandbox/client.json").read_text())["clientSecret"].encode()
        private_key = (home / "keys/id_ed25519").read_bytes()
        key_line = private_key.splitlines()[2]
        # Access tokens are JSON Web Tokens: three parts, the first of which begins like this.
        token = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")

        places = {"the output": output, "command lines": b"\0".join(watcher.seen)}
        for file in home.rglob("*"):
            # What the sandbox keeps is the cloud's own side.
            if file.is_file() and not file.is_relative_to(home / "sandbox") and file != home / "keys/id_ed25519":
                places[str(file.relative_to(home))] = file.read_bytes()
        places["sandbox/sandbox.log"] = (home / "sandbox/sandbox.log").read_bytes()
        assert any(name.startswith("catalog.sqlite") for name in places), "there is no catalog to look through"
        for name, content in places.items():
            assert secret not in content, f"the client secret is in {name}"
            assert key_line not in content, f"the private SSH key is in {name}"
            assert not token.search(content), f"an access token is in {name}"
        assert (home / "keys/id_ed25519").stat().st_mode & 0o077 == 0, "the private key can be read by others"
        assert (home / "sandbox/client.json").stat().st_mode & 0o077 == 0, "client.json can be read by others"
        print(f"no secret in {len(places)} places, {len(watcher.seen)} command lines among them")


if __name__ == "__main__":
    signal.alarm(280)
    main()
