#!/usr/bin/python3
"""Networks of known demos reach what they reached there, with the demos' own settings: [iris-demo] [cntk-convnet]

TRAINYARD_DATASETS names a folder with iris/iris_train.ctf.txt and iris_test.ctf.txt (the demo's rows in CNTK text format)
and mnist/ (the four IDX files). TRAINYARD_SEEDS: seeds to try, "1" if not given.

Seen: cntk-convnet with seed 1 has 0.50 % wrong (the demo: 0.54; a standard error is 0.07), iris-demo none.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
BIN = pathlib.Path(os.environ["TRAINYARD_BIN"])

PLAIN_SGD = {
    "optimizer": "sgd", "momentum": 0, "weightDecay": 0, "gradientClip": 0, "warmUp": 0, "repeats": 1, "earlyStop": False,
}
# CNTK's momentum of a time constant of 1,024 samples is exp(-64/1024) a batch of 64, and it weighs the new gradient by the
# rest ("unit gain"), which here is part of the learning rate. A rate of .001 a sample is .064 of a batch's mean; it falls
# to a half after 10 of 40 epochs and to a tenth after 20.
MOMENTUM = 0.9394130628
CNTK = {
    **PLAIN_SGD, "network": "cntk-convnet", "epochs": 40, "batchSize": 64, "momentum": MOMENTUM,
    "learningRate": 0.064 * (1 - MOMENTUM), "schedule": "stepList", "steps": "25%: 0.5, 50%: 0.2",
    "augmentShift": False, "augmentRotate": False, "augmentScale": False,
}
IRIS = {**PLAIN_SGD, "network": "iris-demo", "epochs": 208, "batchSize": 5, "learningRate": 0.05, "schedule": "constant"}

# What to train on, what to judge by, the settings, and the most of the test samples that may be wrong.
DEMOS = {
    "iris-demo": (["iris/iris_train.ctf.txt"], ["--test", "iris/iris_test.ctf.txt"], IRIS, 2 / 30),
    "cntk-convnet": (["mnist"], [], CNTK, 0.0060),
}


def train(data, name, seed, folder):
    """Part of the test samples that are wrong, and the seconds it took."""
    (training,), test, settings, _ = DEMOS[name]
    command = [BIN / "trainyard-run", "train", "--data", data / training, "--validation-fraction", "0", "--seed", str(seed)]
    command += [data / word if index % 2 else word for index, word in enumerate(test)]
    for key, value in settings.items():
        command += ["--set", f"{key}={json.dumps(value) if isinstance(value, bool) else value}"]
    started = time.monotonic()
    subprocess.run(command + ["--out", folder / "run", "--events", "text"], check=True, stdout=subprocess.DEVNULL)
    report = json.loads((folder / "run" / "evaluation" / "test.json").read_text())
    return 1 - report["metrics"]["accuracy"], time.monotonic() - started


def main():
    folder = os.environ.get("TRAINYARD_DATASETS")
    names = sys.argv[1:] or list(DEMOS)
    unknown = [name for name in names if name not in DEMOS]
    if unknown:
        sys.exit(f"no demo is called {', '.join(unknown)}; known are {', '.join(DEMOS)}")
    if not folder or not all((pathlib.Path(folder) / DEMOS[name][0][0]).exists() for name in names):
        print("SKIP: TRAINYARD_DATASETS does not name a folder with the demos' data (which: demo_networks.py)")
        sys.exit(SKIPPED)
    failed = []
    for name in names:
        for seed in os.environ.get("TRAINYARD_SEEDS", "1").split():
            with tempfile.TemporaryDirectory() as scratch:
                wrong, seconds = train(pathlib.Path(folder), name, seed, pathlib.Path(scratch))
            most = DEMOS[name][3]
            print(f"{name}, seed {seed}: {100 * wrong:.2f} % of the test samples wrong (at most {100 * most:.2f}) "
                  f"in {seconds:.0f} s", flush=True)
            if wrong > most + 1e-9:
                failed.append(name)
    if failed:
        sys.exit(f"too many: {', '.join(failed)}")


main()
