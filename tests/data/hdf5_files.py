#!/usr/bin/python3
"""HDF5 files as h5py writes them, and what it reads from them: hdf5_files.py FOLDER writes both, the latter as hdf5.json."""
import json
import sys
from pathlib import Path

import h5py
import numpy as np

FOLDER = Path(sys.argv[1])
random = np.random.default_rng(7)
cases = []


def add(name, inputs, labels, parts=None):
    """inputs: samples x anything; labels: a number a sample, or None; parts: numbers of training, validation and test samples."""
    cases.append({
        "file": name,
        "inputs": np.asarray(inputs, dtype="f8").reshape(len(inputs), -1).tolist(),
        "shape": list(np.shape(inputs)),
        "labels": None if labels is None else np.asarray(labels, dtype="f8").tolist(),
        "parts": parts or [len(inputs), 0, 0],
    })


x = random.normal(size=(120, 5))
y = (x[:, 0] + x[:, 1] > 0).astype("i8")
for kind in ("f2", "f4", "f8", ">f4", ">f8", "i1", "i2", ">i4", "u2", "i8"):
    values = x.astype(kind) if "f" in kind else (10 * np.abs(x)).astype(kind)
    with h5py.File(FOLDER / f"kind_{kind.replace('>', 'big_')}.h5", "w") as file:
        file["x"] = values
        file["y"] = y
    add(f"kind_{kind.replace('>', 'big_')}.h5", values, y)
for version in ("earliest", "latest"):
    for chunks in ((7, 5), (32, 2), (120, 5)):
        name = f"chunks_{version}_{chunks[0]}_{chunks[1]}.h5"
        with h5py.File(FOLDER / name, "w", libver=version) as file:
            file.create_dataset("data/features", data=x.astype("f4"), chunks=chunks, compression="gzip", shuffle=True, fletcher32=True)
            file.create_dataset("data/labels", data=y.astype("u1"), chunks=(50,), compression="gzip")
        add(name, x.astype("f4"), y)
with h5py.File(FOLDER / "grown.h5", "w", libver="latest") as file:  # an array that can grow has another index of chunks
    grown = file.create_dataset("x", shape=(60, 5), maxshape=(None, 5), chunks=(8, 5), dtype="f4")
    grown[:] = x[:60]
    grown.resize(120, axis=0)
    grown[60:] = x[60:]
    file["y"] = y
add("grown.h5", x.astype("f4"), y)
with h5py.File(FOLDER / "block.h5", "w", userblock_size=512) as file:
    file["x"] = x
    file["y"] = y
add("block.h5", x, y)
with h5py.File(FOLDER / "truth.h5", "w") as file:
    file["x"] = x > 0
    file["y"] = y
add("truth.h5", (x > 0).astype("u1"), y)
pictures = random.integers(0, 256, (40, 9, 8), dtype="u1")
kinds = random.integers(0, 3, 40)
with h5py.File(FOLDER / "pictures.h5", "w") as file:
    file.create_dataset("x_train", data=pictures[:30], chunks=(7, 9, 8), compression="gzip")
    file["y_train"] = kinds[:30]
    file["x_test"] = pictures[30:]
    file["y_test"] = kinds[30:]
add("pictures.h5", pictures, kinds, [30, 0, 10])

with h5py.File(FOLDER / "columns.h5", "w") as file:
    file["age"] = np.arange(50) % 7
    file["weight"] = np.linspace(1, 9, 50)
with h5py.File(FOLDER / "named.h5", "w") as file:
    file["camera/left"] = x[:50]
    file["camera/right"] = x[50:100]
    file["labels"] = y[:50]
with h5py.File(FOLDER / "hostile.h5", "w") as file:
    file["x"] = h5py.ExternalLink("kind_f4.h5", "x")
    file["soft"] = h5py.SoftLink("/elsewhere")
    file.create_dataset("lzf", data=x, compression="lzf")
    file["words"] = np.array([b"a", b"b"])
    file["one"] = 3.0
    file.create_dataset("outside", shape=(4,), dtype="f4", external=[("/etc/passwd", 0, 16)])
    file.create_dataset("huge", shape=(1 << 36,), dtype="f8", chunks=(1024,))[:8] = 1
    layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
    layout[:] = h5py.VirtualSource("kind_f4.h5", "y", shape=(120,))[:4]
    file.create_virtual_dataset("virtual", layout)
(FOLDER / "hdf5.json").write_text(json.dumps(cases))
