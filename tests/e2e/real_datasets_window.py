#!/usr/bin/python3
"""Default settings reach the expected scores on real datasets, with the mouse alone: dropped, imported, trained. [NAME...]"""
import json
import pathlib
import time

import real_datasets

DATA = real_datasets.datasets_folder()

import desktop
from desktop import App, check, wait_until


def finished_run(app, dataset):
    """The newest run of a dataset once it has ended."""
    runs = [run for run in app.cli("runs", "list") if run["dataset"] == dataset]
    if runs and runs[0]["state"] in ("failed", "cancelled", "interrupted"):
        raise desktop.Failed(f"{runs[0]['name']}: {runs[0]['state']}: {runs[0]['error']}")
    return runs[0] if runs and runs[0]["state"] == "finished" else None


def train(app, claim):
    app.drop([DATA / claim.path])
    if claim.is_table:
        app.click_button("Import and train", 30)
    else:
        app.click_button("Train with this ▸", 60)
    app.click_button("Train ▸", 30)
    started = time.monotonic()
    run = wait_until(f"{claim.name} to finish", lambda: finished_run(app, claim.name), claim.longest, 0.5)
    seconds = time.monotonic() - started
    score = json.loads((pathlib.Path(run["folder"]) / "evaluation" / "test.json").read_text())["metrics"][claim.metric]
    check(f"{claim.name}: test {claim.metric} {score:.4f} in {seconds:.1f} s", score >= claim.minimum,
          f"is below {claim.minimum}")


def scenario(folder):
    app = App(folder / "home")
    for claim in real_datasets.chosen():
        train(app, claim)
    app.close()


desktop.run(scenario)
