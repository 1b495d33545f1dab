#!/usr/bin/python3
"""Ends the command line twin by kill -9 and cuts its connections while it uploads and downloads one large file: each time it
goes on at the block, the bytes at the end are the same, and nothing but the blocks that were on their way is sent twice.

    transfer_torture.py [--store azurite|sshd] [--mebibytes N] [--kills N] [--cuts N] [--seed N]

TRAINYARD_BIN names the folder with the programs, TRAINYARD_AZURITE the main.js of Azurite's blob service."""

import argparse
import filecmp
import getpass
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from counting_proxy import CountingProxy

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
STREAMS = 4
BLOCK_MIB = 1


def skip_without_parts(store):
    program = os.environ["TRAINYARD_BIN"] + "/trainyard"
    if store == "sshd":
        if not os.path.exists("/usr/sbin/sshd") or os.geteuid() != 0 or not os.path.exists(program):
            print("SKIP: needs openssh-server, to be run as root, and the window's program")
            sys.exit(77)
    elif not os.path.exists(os.environ["TRAINYARD_AZURITE"]) or not shutil.which("node") or not os.path.exists(program):
        print("SKIP: needs node and the packages of tests/cloud/storage/node, and the window's program")
        sys.exit(77)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for(port, who):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{who} does not answer")


def start_sshd(folder, port):
    os.makedirs("/run/sshd", exist_ok=True)
    for name in ("host", "id"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"], check=True)
    with open(folder + "/config", "w") as config:
        config.write(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/id.pub\nUsePAM no\n"
            "StrictModes no\nSubsystem sftp internal-sftp\nPidFile none\nMaxStartups 50\n")
    process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/config"], stderr=subprocess.DEVNULL)
    wait_for(port, "sshd")
    return process


def start_azurite(folder, port):
    process = subprocess.Popen(
        ["node", os.environ["TRAINYARD_AZURITE"], "--silent", "--disableTelemetry", "--location", folder, "--blobPort", str(port)])
    wait_for(port, "Azurite")
    return process


class Program:
    """The command line twin with a home of its own, for which the emulator's account is the one at `port`."""

    def __init__(self, home, port):
        self.path = os.environ["TRAINYARD_BIN"] + "/trainyard"
        self.environment = dict(
            os.environ, TRAINYARD_HOME=home, DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent",
            AZURE_STORAGE_CONNECTION_STRING=f"AccountName=devstoreaccount1;AccountKey={KEY};"
                                            f"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;")

    def start(self, *words):
        return subprocess.Popen([self.path, *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def json(self, *words):
        done = subprocess.run([self.path, *words, "--json"], env=self.environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


def torture(program, proxy, source, target, kills, cuts, size):
    """Result: bytes of the transfer's direction beyond the file itself, and of each interruption."""
    is_upload = source.startswith("/")
    before = proxy.sent if is_upload else proxy.received
    words = ["data", "cp", source, target]
    extra = ["--streams", str(STREAMS), "--block", str(BLOCK_MIB), "--quiet"]
    done_kills = done_cuts = runs = 0
    while True:
        runs += 1
        process = program.start(*words, *extra)
        moved = proxy.sent + proxy.received
        while process.poll() is None:
            # Only interrupt what has moved something: then every interruption hits a transfer at work. Those still to come share
            # what is left of the file, so that all find their place in it.
            left = before + size - (proxy.sent if is_upload else proxy.received)
            to_come = kills + cuts - done_kills - done_cuts
            wanted = moved + max(1 << 18, left / (to_come + 1) * random.uniform(0.2, 0.9))
            while proxy.sent + proxy.received < wanted and process.poll() is None:
                time.sleep(0.005)
            is_moving = process.poll() is None
            if is_moving and done_cuts < cuts and (done_cuts < done_kills or done_kills >= kills):
                done_cuts += 1 if proxy.cut_one() else 0
                moved = proxy.sent + proxy.received
            elif is_moving and done_kills < kills:
                process.kill()
                done_kills += 1
        error = process.stdout.read().decode()
        if process.returncode == 0:
            break
        if process.returncode > 0 and "transfers resume" not in error:
            raise SystemExit(f"{words}: exit {process.returncode}: {error}")
        newest = program.json("transfers", "list")["transfers"][0]
        words = ["transfers", "resume", str(newest["id"])]
        if newest["state"] == "done":
            break
    moved = (proxy.sent if is_upload else proxy.received) - before
    newest = program.json("transfers", "list")["transfers"][0]
    assert newest["state"] == "done" and newest["bytesDone"] == size, newest
    interruptions = done_kills + done_cuts
    # A block a stream, and what requests and answers weigh beside their blocks.
    allowed = interruptions * STREAMS * BLOCK_MIB * (1 << 20) + size // 50 + runs * (1 << 16)
    print(f"{'upload' if is_upload else 'download'}: {done_kills} kills, {done_cuts} cuts, {runs} runs; "
          f"{(moved - size) / (1 << 20):.1f} MiB sent twice, {allowed / (1 << 20):.1f} allowed", flush=True)
    assert moved - size <= allowed, (moved, size, allowed)
    assert (done_kills, done_cuts) == (kills, cuts), "the file was there before all interruptions were"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--store", choices=["azurite", "sshd"], default="azurite")
    options.add_argument("--mebibytes", type=int, default=96)
    options.add_argument("--kills", type=int, default=6)
    options.add_argument("--cuts", type=int, default=6)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    skip_without_parts(options.store)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        os.mkdir(folder + "/store")
        service = (start_sshd if options.store == "sshd" else start_azurite)(folder + "/store", port)
        try:
            proxy = CountingProxy(port)
            program = Program(folder + "/home", proxy.port)
            if options.store == "sshd":
                fingerprint = subprocess.run(
                    ["ssh-keygen", "-lf", folder + "/store/host.pub"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1]
                added = program.start(
                    "stores", "add", "machine", f"sftp://{getpass.getuser()}@127.0.0.1:{proxy.port}{folder}/store",
                    "--host-key", fingerprint, "--identity", folder + "/store/id")
                address = "machine:large"
            else:
                added = program.start("data", "mkdir", "az://devstoreaccount1/box")
                address = "az://devstoreaccount1/box/large"
            assert added.wait() == 0, added.stdout.read()
            size = options.mebibytes << 20
            with open(folder + "/large", "wb") as large:
                for _ in range(options.mebibytes):
                    large.write(random.randbytes(1 << 20))
            torture(program, proxy, folder + "/large", address, options.kills, options.cuts, size)
            torture(program, proxy, address, folder + "/back", options.kills, options.cuts, size)
            assert filecmp.cmp(folder + "/large", folder + "/back", shallow=False), "the bytes differ"
            assert not [name for name in os.listdir(folder) if "trainyard-part" in name], "a part was left"
            print("the same bytes came back")
        finally:
            service.kill()
            service.wait()


if __name__ == "__main__":
    sys.exit(main())
