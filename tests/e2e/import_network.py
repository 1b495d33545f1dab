#!/usr/bin/python3
"""A network of another program, dropped from a file manager, becomes a model that answers a drawing."""
import os
import pathlib
import shutil

import desktop
from desktop import App, check, wait_until

LENET = pathlib.Path(__file__).resolve().parent.parent / "data" / "onnx" / "lenet.onnx"


def keep_picture(app, name):
    if shots := os.environ.get("TRAINYARD_E2E_SHOTS"):
        app.screenshot(pathlib.Path(shots) / name)


def scenario(folder):
    file = folder / "lenet from elsewhere.onnx"
    shutil.copy(LENET, file)
    app = App(folder / "home")
    app.drop([file])
    wait_until("the dialog to say what it is", lambda: app.find_all(contains="ONNX opset"), 120)
    keep_picture(app, "import-network.png")
    app.click_button("Import")
    models = wait_until("the model in the catalog", lambda: app.cli("models", "list"))
    check("the dropped network is a model", models[0]["format"] == "onnx" and models[0]["name"] == "lenet from elsewhere", str(models))
    file.unlink()

    def stroke():
        # The page may still be settling behind the closing dialog: where the pad is, is asked anew.
        x, y = app.centre(app.find(name="Drawing pad"))
        app.drag((x, y - 60), (x, y + 60))
        return app.find_all(contains="answered in")

    wait_until("an answer to a stroke", stroke, pause=1)
    check("a drawing is answered", True)
    keep_picture(app, "import-network-tried.png")

    # Delete, and back by undo.
    app.click(app.find(contains="lenet from", role=["table cell"]))
    app.key("Delete")
    wait_until("it to go", lambda: not app.cli("models", "list"))
    app.key("ctrl+z")
    wait_until("it to come back", lambda: len(app.cli("models", "list")) == 1)
    app.close()


desktop.run(scenario)
