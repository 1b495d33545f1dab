#!/usr/bin/python3
"""A text dropped on the window becomes a language model that foretells the next word."""
import os
import pathlib
import random

import desktop
from desktop import App, check, wait_until

BUTTON = ["push button", "button"]


def write_story(path):
    choice = random.Random(1)
    endings = ["The cat drinks cold milk.", "A dog eats red meat.", "One bird finds small seeds."]
    path.write_text("\n".join(choice.choice(endings) for _ in range(1200)) + "\n")


def keep_picture(app, name):
    if shots := os.environ.get("TRAINYARD_E2E_SHOTS"):
        app.screenshot(pathlib.Path(shots) / name)


def finished_runs(app):
    return [run for run in app.cli("runs", "list") if run["state"] in ("finished", "failed")]


def scenario(folder):
    story = folder / "story.txt"
    write_story(story)
    app = App(folder / "home")
    app.drop([story])
    app.find(name="Import", role=BUTTON)
    keep_picture(app, "words-import.png")
    app.click_button("Import")
    datasets = wait_until("the dataset in the catalog", lambda: app.cli("data", "list"))
    check("the dropped text is a dataset", datasets[0]["task"] == "next-word", str(datasets))
    keep_picture(app, "words-dataset.png")

    app.click(app.find(contains="Train with this", role=BUTTON))
    app.find(contains="foretell the next word")
    keep_picture(app, "words-setup.png")
    app.click(app.find(contains="Fast,"))
    app.key("ctrl+Return")
    runs = wait_until("a finished run", lambda: finished_runs(app), 240, 0.5)
    check("it finished", runs[0]["state"] == "finished", str(runs))
    app.find(contains="Perplexity")
    check("the banner tells the perplexity", True)
    keep_picture(app, "words-trained.png")
    app.click_button("See errors")
    app.find(contains="line ", role=["table cell"])
    app.click(app.find(name="Evaluation", role=["page tab"]))
    app.find(contains="Right words")
    keep_picture(app, "words-evaluation.png")

    app.show_page(5, "Models")
    app.click(app.find(contains="story", role=["table cell"]))
    field = app.find(name="text", role=["text", "entry"])
    app.click(field)
    app.type("a dog eats red")
    answer = app.find(name="meat")
    check("the next word is foretold", bool(answer))
    keep_picture(app, "words-tried.png")
    app.close()


desktop.run(scenario)
