#!/usr/bin/python3
"""Every control of every page has a name that a screen reader can say."""
import time

import desktop
from desktop import App, check

CONTROLS = {
    "push button", "button", "toggle button", "check box", "radio button", "text", "entry", "combo box", "slider",
    "spin button", "progress bar", "table", "tree", "tree table", "list", "list box", "page tab", "menu item",
    "password text", "dial",
}


def path_of(node):
    names = []
    while node is not None and len(names) < 12:
        names.append(f"{node.getRoleName()}:{node.name or '?'}")
        node = node.parent
    return " < ".join(names)


def unnamed(app):
    found = []
    for node in app.nodes():
        try:
            if node.getRoleName() in CONTROLS and app.is_showing(node) and not (node.name or "").strip():
                # The line edit inside a spin or combo box speaks with its owner's name.
                parent = node.parent
                if parent is not None and parent.getRoleName() in ("spin button", "combo box") and parent.name:
                    continue
                found.append(path_of(node))
        except Exception:
            continue
    return found


def scenario(folder):
    app = App(folder / "home")
    for key, page in enumerate(["Home", "Data", "Train", "Runs", "Models", "Compute", "Queue", "Specs"], start=1):
        app.show_page(key, page)
        time.sleep(0.3)
        found = unnamed(app)
        check(f"every control of {page} has a name", not found, "\n  ".join(["", *found]))
    app.close()


desktop.run(scenario)
