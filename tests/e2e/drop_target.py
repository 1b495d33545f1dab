#!/usr/bin/python3
"""A small GTK window that stands for a file manager: what is dropped on it is saved by the program it came from (XDS).

Usage: drop_target.py X Y FOLDER   (prints "ready", then the answer to each drop: S, F or E)
"""
import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk

NAME = Gdk.Atom.intern("XdndDirectSave0", False)
TEXT = Gdk.Atom.intern("text/plain", False)


def main():
    x, y = int(sys.argv[1]), int(sys.argv[2])
    folder = pathlib.Path(sys.argv[3]).absolute()

    window = Gtk.Window(title="Drop files here")
    window.set_default_size(160, 90)
    window.set_keep_above(True)
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="drop here"))
    window.add(box)
    box.drag_dest_set(0, [], Gdk.DragAction.COPY)

    def on_motion(widget, context, left, top, time):
        Gdk.drag_status(context, Gdk.DragAction.COPY if NAME in context.list_targets() else 0, time)
        return True

    def on_drop(widget, context, left, top, time):
        source = context.get_source_window()
        found, kind, form, name = Gdk.property_get(source, NAME, TEXT, 0, 4096, False)
        uri = (folder / bytes(name).decode()).as_uri().encode()
        Gdk.property_change(source, NAME, TEXT, 8, Gdk.PropMode.REPLACE, uri)
        widget.drag_get_data(context, NAME, time)
        return True

    def on_data(widget, context, left, top, data, info, time):
        answer = bytes(data.get_data()).decode()
        print(answer, flush=True)
        Gtk.drag_finish(context, answer == "S", False, time)

    box.connect("drag-motion", on_motion)
    box.connect("drag-drop", on_drop)
    box.connect("drag-data-received", on_data)
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    window.move(x, y)
    GLib.timeout_add(400, lambda: print("ready", flush=True))
    Gtk.main()


if __name__ == "__main__":
    main()
