#!/usr/bin/python3
"""How fast one large file goes up to and comes down from Azurite and an OpenSSH server, side by side with curl, Microsoft's
client library for Node.js and OpenSSH's sftp, as JSON. Each way is measured a few times in turn; the best counts.

    transfers_peer.py --bin FOLDER [--mebibytes N] [--rounds N]

FOLDER holds the program `trainyard`. TRAINYARD_STORAGE_NODE names the folder with node_modules of tests/cloud/storage/node;
without it, as without sshd, the rows of that store tell why they are empty."""

import argparse
import getpass
import glob
import json
import os
import socket
import subprocess
import tempfile
import time

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SDK = """
const {BlobServiceClient} = require('@azure/storage-blob');
(async () => {
  const [verb, text, file] = process.argv.slice(2);
  const blob = BlobServiceClient.fromConnectionString(text).getContainerClient('box').getBlockBlobClient('sdk');
  const start = Date.now();
  if (verb === 'up') await blob.uploadFile(file, {blockSize: 8 << 20, concurrency: 8});
  else await blob.downloadToFile(file);
  console.log((Date.now() - start) / 1000);
})();
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers at port {port}")


class Bench:
    def __init__(self, folder, options):
        self.folder = folder
        self.size = options.mebibytes << 20
        self.rounds = options.rounds
        self.file = folder + "/large"
        self.node = os.environ.get("TRAINYARD_STORAGE_NODE", "")
        self.program = options.bin + "/trainyard"
        self.environment = dict(
            os.environ, TRAINYARD_HOME=folder + "/home", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent",
            NODE_PATH=self.node + "/node_modules")
        with open(self.file, "wb") as large:
            for _ in range(options.mebibytes):
                large.write(os.urandom(1 << 20))

    def ours(self, source, target):
        done = subprocess.run(
            [self.program, "data", "cp", "--overwrite", "--json", source, target], env=self.environment, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        record = json.loads(done.stdout)
        assert record["state"] == "done", record
        return record["seconds"]

    def timed(self, words, **others):
        start = time.monotonic()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=self.environment, **others)
        return time.monotonic() - start

    def curl_ranges(self, address):
        """Eight parts at once: what the server can give."""
        step = -(-self.size // 8)
        words = ["curl", "-s", "-Z", "--no-progress-meter"]
        for part in range(8):
            last = min((part + 1) * step, self.size) - 1
            words += ["-r", f"{part * step}-{last}", "-o", f"{self.folder}/part{part}", address, "--next"]
        return self.timed(words[:-1], stderr=subprocess.DEVNULL)

    def sdk(self, verb, text, file):
        done = subprocess.run(
            ["node", "-e", SDK, "bench", verb, text, file], env=self.environment, check=True, stdout=subprocess.PIPE)
        return float(done.stdout)

    def stock_pages(self):
        """Room in memory for a new file. A virtual machine gives pages that lie idle for seconds back to its host, and getting them
        again takes longer than the download: who comes after a pause would pay for it."""
        stock = self.folder + "/stock"
        with open(stock, "wb") as file:
            for _ in range(self.size >> 20):
                file.write(bytes(1 << 20))
        os.unlink(stock)

    def compare(self, ways):
        best = {}
        for _ in range(self.rounds):
            for name, way in ways.items():
                # Each writes a new file: who puts a whole one in an old one's place needs room for both, who empties it first does not.
                for old in glob.glob(self.folder + "/back*") + glob.glob(self.folder + "/part*"):
                    os.unlink(old)
                os.sync()  # else one waits for the disk that is still writing what another has left
                self.stock_pages()
                best[name] = min(best.get(name, 1e9), way())
        return {name: round(self.size / seconds / (1 << 20), 1) for name, seconds in best.items()}

    def blob(self):
        if not os.path.exists(self.node + "/node_modules/azurite"):
            return {"error": "needs node and Azurite: set TRAINYARD_STORAGE_NODE to a copy of tests/cloud/storage/node after npm ci"}
        port = free_port()
        os.mkdir(self.folder + "/azurite")
        azurite = subprocess.Popen(
            ["node", self.node + "/node_modules/azurite/dist/src/blob/main.js", "--silent", "--disableTelemetry",
             "--skipApiVersionCheck", "--location", self.folder + "/azurite", "--blobPort", str(port)],
            stdout=subprocess.DEVNULL)
        try:
            wait_for(port)
            text = f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={KEY};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"
            self.environment["AZURE_STORAGE_CONNECTION_STRING"] = text
            subprocess.run([self.program, "data", "mkdir", "az://devstoreaccount1/box"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
            ours = "az://devstoreaccount1/box/ours"
            signed = subprocess.run(
                [self.program, "stores", "share", "--permissions", "rcw", "az://devstoreaccount1/box/curl"],
                env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
            up = self.compare({
                "ours": lambda: self.ours(self.file, ours),
                "curl": lambda: self.timed(
                    ["curl", "-s", "-f", "-o", "/dev/null", "-X", "PUT", "-H", "x-ms-blob-type: BlockBlob", "-H",
                     "x-ms-version: 2024-08-04", "-T", self.file, signed]),
                "sdk": lambda: self.sdk("up", text, self.file)})
            down = self.compare({
                "ours": lambda: self.ours(ours, self.folder + "/back"),
                "curl": lambda: self.timed(["curl", "-s", "-f", "-o", self.folder + "/back-curl", signed]),
                "curl, 8 parts at once": lambda: self.curl_ranges(signed),
                "sdk": lambda: self.sdk("down", text, self.folder + "/back-sdk")})
            return {"upload": up, "download": down}
        finally:
            azurite.kill()
            azurite.wait()

    def sftp(self):
        if not os.path.exists("/usr/sbin/sshd") or os.geteuid() != 0:
            return {"error": "needs openssh-server, and to be run as root"}
        port = free_port()
        folder = self.folder + "/ssh"
        os.makedirs(folder)
        os.makedirs("/run/sshd", exist_ok=True)
        for name in ("host", "id"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"], check=True)
        with open(folder + "/config", "w") as config:
            config.write(
                f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/id.pub\n"
                "UsePAM no\nStrictModes no\nSubsystem sftp internal-sftp\nPidFile none\nMaxStartups 50\n")
        sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/config"], stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            fingerprint = subprocess.run(
                ["ssh-keygen", "-lf", folder + "/host.pub"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[1]
            subprocess.run(
                [self.program, "stores", "add", "machine", f"sftp://{getpass.getuser()}@127.0.0.1:{port}{folder}",
                 "--host-key", fingerprint, "--identity", folder + "/id"], env=self.environment, check=True,
                stdout=subprocess.DEVNULL)
            words = ["sftp", "-q", "-b", "-", "-P", str(port), "-i", folder + "/id", "-o", "StrictHostKeyChecking=no",
                     "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "127.0.0.1"]
            up = self.compare({
                "ours": lambda: self.ours(self.file, "machine:ours"),
                "sftp": lambda: self.timed(words, input=f"put {self.file} {folder}/theirs\n".encode())})
            down = self.compare({
                "ours": lambda: self.ours("machine:ours", self.folder + "/back"),
                "sftp": lambda: self.timed(words, input=f"get {folder}/theirs {self.folder}/back-sftp\n".encode())})
            return {"upload": up, "download": down}
        finally:
            sshd.kill()
            sshd.wait()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--bin", required=True)
    options.add_argument("--mebibytes", type=int, default=512)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, options)
        result = {"unit": "MiB/s, the best of the rounds", "mebibytes": options.mebibytes}
        result["azurite"] = bench.blob()
        result["sshd"] = bench.sftp()
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
