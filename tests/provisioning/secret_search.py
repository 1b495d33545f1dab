"""Where secrets may not be found: what the tours of the window and of the command line look through afterwards."""
import json
import pathlib
import re
import threading
import time

# Access tokens are JSON Web Tokens: three parts, the first of which begins like this.
TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")


class CommandLines(threading.Thread):
    """Reads the command lines of all processes as often as it can."""

    def __init__(self, pause=0.01):
        super().__init__(daemon=True)
        self.seen = set()
        self.pause = pause
        self.is_over = False

    def run(self):
        while not self.is_over:
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    self.seen.add((process / "cmdline").read_bytes())
                except OSError:
                    pass  # gone
            time.sleep(self.pause)

    def end(self):
        self.is_over = True
        self.join()

    def text(self):
        return b"\0".join(self.seen)


def known_secrets(home):
    """{name: bytes}: the sandbox's client secret, a part of its service account's key, a line of the private SSH key."""
    client = json.loads((home / "sandbox/client.json").read_text())
    service = json.loads((home / "sandbox/google-service-account.json").read_text())
    secrets = {
        "the client secret": client["clientSecret"].encode(),
        "the service account's key": service["private_key"].splitlines()[2].encode(),
    }
    if (home / "keys/id_ed25519").exists():  # it is made with the first machine
        secrets["the private SSH key"] = (home / "keys/id_ed25519").read_bytes().splitlines()[2]
    return secrets


def secrets_in(folder, home, secrets, more=None):
    """(what was found where, number of places): every file below `folder` but the secrets' own places in `home`, and
    `more` ({name: bytes}). What the sandbox keeps is the cloud's own side; its log is not."""
    places = dict(more or {})
    for file in folder.rglob("*"):
        if not file.is_file() or file.is_symlink() or file == home / "keys/id_ed25519":
            continue
        if not file.is_relative_to(home / "sandbox") or file == home / "sandbox/sandbox.log":
            places[str(file.relative_to(folder))] = file.read_bytes()
    found = []
    for place, content in places.items():
        found += [f"{name} is in {place}" for name, secret in secrets.items() if secret in content]
        if TOKEN.search(content):
            found.append(f"an access token is in {place}")
    for file in (home / "keys/id_ed25519", home / "sandbox/client.json"):
        if file.exists() and file.stat().st_mode & 0o077:
            found.append(f"{file.name} can be read by others")
    if not any("catalog.sqlite" in place for place in places):
        found.append("there is no catalog to look through")
    return found, len(places)
