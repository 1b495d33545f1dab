#!/usr/bin/python3
"""A small GTK window that stands for a file manager: what is dropped on it is saved by the program it came from (XDS).

Usage: drop_target.py X Y FOLDER   (prints "ready", then the answer to each drop: S, F or E)
"""
import ctypes
import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
gi.require_version("GdkX11", "3.0")
from gi.repository import Gdk, GdkX11, GLib, Gtk

NAME = Gdk.Atom.intern("XdndDirectSave0", False)


class Property:
    """The same property of X11, which cannot be had through Gdk from Python."""

    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XInternAtom.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        self.name = ctypes.c_ulong(self.x11.XInternAtom(self.display, b"XdndDirectSave0", 0))
        self.text = ctypes.c_ulong(self.x11.XInternAtom(self.display, b"text/plain", 0))

    def read(self, window):
        kind, size, left = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
        form, data = ctypes.c_int(), ctypes.c_void_p()
        self.x11.XGetWindowProperty(
            self.display, ctypes.c_ulong(window), self.name, ctypes.c_long(0), ctypes.c_long(1024), 0, self.text,
            ctypes.byref(kind), ctypes.byref(form), ctypes.byref(size), ctypes.byref(left), ctypes.byref(data))
        return ctypes.string_at(data, size.value) if data and size.value else b""

    def write(self, window, value):
        self.x11.XChangeProperty(
            self.display, ctypes.c_ulong(window), self.name, self.text, 8, 0, ctypes.c_char_p(value), len(value))
        self.x11.XSync(self.display, 0)


def main():
    x, y = int(sys.argv[1]), int(sys.argv[2])
    folder = pathlib.Path(sys.argv[3]).absolute()
    place = Property()

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
        source = context.get_source_window().get_xid()
        uri = (folder / place.read(source).decode()).as_uri()
        place.write(source, uri.encode())
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
