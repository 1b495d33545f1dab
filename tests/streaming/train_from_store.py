#!/usr/bin/python3
"""Trains by the command line twin on pictures and on a table that lie in Azurite, without copying them: the store is killed in the
first epoch, the run says that it waits and goes on when the store is back; later epochs and later runs read nothing more from it;
a picture that was changed is noticed; and the account's key is in no argument, no environment and no file of the run.

TRAINYARD_BIN names the folder with the programs, TRAINYARD_AZURITE the main.js of Azurite's blob service."""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "stores"))
from transfer_torture import KEY, free_port, start_azurite  # noqa: E402

PICTURES = 400  # of each class


def png(level):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([level % 256, level // 256] + [(level * 3 + 5 * x + 11 * y) % 251 for x in range(10)]) for y in range(12))
    header = struct.pack(">IIBBBBB", 12, 12, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Program:
    def __init__(self, folder):
        self.path = os.environ["TRAINYARD_BIN"] + "/trainyard"
        self.folder = folder
        self.environment = dict(
            os.environ, TRAINYARD_HOME=folder + "/home", TRAINYARD_PASSPHRASE="a practice", TRAINYARD_CACHE=folder + "/cache",
            TRAINYARD_CACHE_GIB="1", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")

    def run(self, *words, given=""):
        done = subprocess.run(
            [self.path, *words], env=self.environment, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, (words, done.stdout)
        return done.stdout

    def train(self, *words):
        return subprocess.Popen(
            [self.path, "train", *words, "--events", "jsonl"], env=self.environment, stdout=subprocess.PIPE, text=True)


def check_secrecy(pid):
    """Of the runner, which is a child of the command."""
    children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    assert children, "the runner is not there"
    for process in children:
        for what in ("cmdline", "environ"):
            assert KEY.encode() not in open(f"/proc/{process}/{what}", "rb").read(), what


def check_files(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                assert KEY.encode() not in file.read(), os.path.join(place, name)


def events_of(process, on_event=None):
    events = []
    for line in process.stdout:
        event = json.loads(line)
        events.append(event)
        if on_event:
            on_event(event)
    assert process.wait() == 0, events[-3:]
    return events


def epochs(events):
    return [event["reading"] for event in events if event["event"] == "epoch"]


def main():
    program_file = os.environ["TRAINYARD_BIN"] + "/trainyard"
    if not os.path.exists(os.environ["TRAINYARD_AZURITE"]) or not shutil.which("node") or not os.path.exists(program_file):
        print("SKIP: needs node and the packages of tests/cloud/storage/node, and the window's program")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        os.mkdir(folder + "/azurite")
        azurite = [start_azurite(folder + "/azurite", port)]
        try:
            program = Program(folder)
            for number, name in enumerate(("cats", "dogs")):
                os.makedirs(f"{folder}/pets/{name}")
                for i in range(PICTURES):
                    with open(f"{folder}/pets/{name}/{i:04}.png", "wb") as picture:
                        picture.write(png(i * 2 + number))
            with open(folder + "/table.csv", "w") as table:
                table.write("a,b,kind\n" + "".join(f"{i},{i * i % 97},{'yes' if i % 3 else 'no'}\n" for i in range(3000)))
            connection = f"AccountName=devstoreaccount1;AccountKey={KEY};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"
            program.run("stores", "add", "box", given=connection)
            program.run("data", "mkdir", "box:data")
            program.run("data", "cp", folder + "/pets", folder + "/table.csv", "box:data/", "--quiet")

            state = {"killed": False, "restarted": False}

            def strike(event):
                if event["event"] == "data" and not state["killed"]:
                    state["killed"] = True
                    check_secrecy(process.pid)
                    azurite[0].terminate()  # by kill -9 it would forget what was uploaded in its last seconds
                    azurite[0].wait()
                if event.get("store") == "away" and not state["restarted"]:
                    state["restarted"] = True
                    time.sleep(1)
                    azurite[0] = start_azurite(folder + "/azurite", port)

            words = ["box:data/pets", "--preset", "fast", "--set", "epochs=3", "--validation-fraction", "0.1"]
            process = program.train(*words)
            events = events_of(process, strike)
            assert state["restarted"], "the run never said that the store is away"
            assert any(event.get("store") == "back" for event in events), "the run never said that the store is back"
            assert events[-1]["event"] == "finished" and events[-1]["outcome"] == "completed", events[-1]
            first, second, third = epochs(events)
            print(f"epoch 1: {first}; epoch 2: {second}")
            assert first["storeBytes"] > 0 and second["storeBytes"] == 0 and third["storeBytes"] == 0
            check_files(folder + "/home/runs" if os.path.exists(folder + "/home/runs") else folder + "/home")

            again = epochs(events_of(program.train(*words)))
            print(f"the next run, epoch 1: {again[0]}")
            assert again[0]["storeBytes"] == 0 and again[0]["cacheBytes"] > 0, again

            table = events_of(program.train("az://devstoreaccount1/data/table.csv", "--preset", "fast", "--set", "epochs=2"))
            reading = [event["reading"] for event in table if event["event"] == "data"][0]
            assert reading["storeBytes"] == os.path.getsize(folder + "/table.csv"), reading

            spec = json.loads(program.run("train", *words, "--print-spec"))
            spec["data"]["fingerprint"] = [event for event in events if event["event"] == "data"][0]["fingerprint"]
            with open(folder + "/frozen.json", "w") as frozen:
                json.dump(spec, frozen)
            with open(folder + "/pets/cats/0000.png", "wb") as picture:
                picture.write(png(77))
            program.run("data", "cp", folder + "/pets/cats/0000.png", "box:data/pets/cats/", "--overwrite", "--quiet")
            changed = subprocess.run(
                [program.path, "train", folder + "/frozen.json"], env=program.environment, capture_output=True, text=True)
            assert changed.returncode != 0 and "changed" in changed.stderr, changed
            print("the changed picture was noticed")
        finally:
            azurite[0].kill()
            azurite[0].wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
