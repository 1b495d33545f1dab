#!/usr/bin/python3
"""Default settings reach the expected scores on real datasets, from the command line: [NAME...]"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import real_datasets

BIN = pathlib.Path(os.environ["TRAINYARD_BIN"])


def train(claim, path, folder):
    """Test scores of a model trained by default, and the seconds it took."""
    data = ["--data", path]
    if claim.is_table:
        training, test = real_datasets.split_table(path, folder)
        data = ["--data", training, "--test", test]
    started = time.monotonic()
    subprocess.run(
        [BIN / "trainyard-run", "train", *map(str, data), "--out", str(folder / "run"), "--events", "text"],
        check=True, stdout=subprocess.DEVNULL, timeout=claim.longest,
    )
    seconds = time.monotonic() - started
    return json.loads((folder / "run" / "evaluation" / "test.json").read_text())["metrics"], seconds


def main():
    data = real_datasets.datasets_folder()
    failed = []
    for claim in real_datasets.chosen():
        with tempfile.TemporaryDirectory() as folder:
            scores, seconds = train(claim, data / claim.path, pathlib.Path(folder))
        score = scores[claim.metric]
        print(f"{claim.name}: test {claim.metric} {score:.4f} (at least {claim.minimum}) in {seconds:.1f} s", flush=True)
        if score < claim.minimum:
            failed.append(claim.name)
    if failed:
        sys.exit(f"too low: {', '.join(failed)}")


main()
