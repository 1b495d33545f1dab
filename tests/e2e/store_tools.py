"""Microsoft's storage emulator for the tours."""
import os
import re
import socket
import subprocess

from desktop import wait_until

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
AZURITE = os.environ.get("TRAINYARD_AZURITE", "")


def start_azurite(folder, connection=None):
    """The process and what opens it; with `connection` at the port that it had before."""
    if connection:
        port = int(re.search(r"127\.0\.0\.1:(\d+)", connection).group(1))
    else:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["node", AZURITE, "--silent", "--disableTelemetry", "--location", str(folder), "--blobPort", str(port)])
    wait_until("Azurite", lambda: socket.create_connection(("127.0.0.1", port)))
    return process, (f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={KEY};"
                     f"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;")
