#!/usr/bin/python3
"""A small GTK window that stands for a file manager: files can be dragged out of it.

Usage: drag_source.py X Y PATH...   (prints "ready" when it can be dragged from)
"""
import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk


def main():
    x, y = int(sys.argv[1]), int(sys.argv[2])
    uris = [pathlib.Path(path).absolute().as_uri() for path in sys.argv[3:]]

    window = Gtk.Window(title="Files to drag")
    window.set_default_size(160, 90)
    window.set_keep_above(True)
    handle = Gtk.EventBox()
    handle.add(Gtk.Label(label="drag me"))
    window.add(handle)
    handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    handle.drag_source_add_uri_targets()
    handle.connect("drag-data-get", lambda widget, context, data, info, time: data.set_uris(uris))
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    window.move(x, y)

    def ready():
        print("ready", flush=True)
        return False

    GLib.timeout_add(400, ready)
    Gtk.main()


if __name__ == "__main__":
    main()
