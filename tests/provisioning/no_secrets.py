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
import signal
import subprocess
import sys
import tempfile
import time

from secret_search import CommandLines, known_secrets, secrets_in

BIN = pathlib.Path(sys.argv[1]).resolve()
PASSPHRASE = "a passphrase of some words"


def tour(home, environment):
    """Every verb once; its output."""
    output = b""
    wanted = ["--size", "Standard_D2s_v5", "--region", "eastus", "--allow-from", "127.0.0.1/32", "--yes"]
    for words in (
        ["create", "tour-1", *wanted, "--verbose"],
        ["list", "--json", "--verbose"],
        ["show", "tour-1", "--json"],
        ["ssh", "tour-1", "--", "true"],
        ["ssh-config", "tour-1", "--write"],
        ["metrics", "tour-1", "--json"],
        ["metrics", "tour-1", "--period", "7d", "--csv"],
        ["tag", "tour-1", "--set", "owner=ada", "--set", "project=digits"],
        ["stop", "tour-1"],
        ["start", "tour-1"],
        ["restart", "tour-1"],
        ["redeploy", "tour-1"],
        ["resize", "tour-1"],
        ["resize", "tour-1", "--size", "Standard_D4s_v5", "--yes"],
        ["create", "tour-2", "--size", "Nonsense", *wanted[2:]],  # fails: error texts count, too
        ["capture", "tour-1", "--image", "tour-copy", "--specialized", "--yes", "--verbose"],
        ["capture", "tour-1", "--image", "tour-image", "--yes"],
        ["delete", "tour-1", "--yes"],
        ["create", "tour-3", "--account", "sandbox-google", "--size", "n1-standard-2", "--zone", "us-central1-f",
         "--allow-from", "127.0.0.1/32", "--yes", "--verbose"],
        ["leftovers", "--account", "sandbox-google"],
        ["delete", "tour-3", "--account", "sandbox-google", "--yes", "--verbose"],
    ):
        done = subprocess.run(
            [BIN / "trainyard", "vm", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, timeout=120,
        )
        # A shell wants an SSH server and a login that may be renamed, which not every computer has.
        wanted_codes = (0, 1, 255) if words[0].startswith("ssh") else (1,) if "tour-2" in words else (0,)
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
            "XDG_RUNTIME_DIR": folder, "HOME": folder,
        }  # no keychain of whoever runs this
        watcher = CommandLines()
        watcher.start()
        try:
            output = tour(home, environment)
        finally:
            watcher.end()
            subprocess.run(["pkill", "-TERM", "-f", f"trainyard-sandbox --data-dir {folder}/sandbox"], check=False)
            time.sleep(0.5)
        found, places = secrets_in(
            home, home, known_secrets(home), {"the output": output, "command lines": watcher.text()})
        assert not found, "\n".join(found)
        print(f"no secret in {places} places, {len(watcher.seen)} command lines among them")


if __name__ == "__main__":
    signal.alarm(280)
    main()
