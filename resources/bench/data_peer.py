#!/usr/bin/env python3
"""What pandas, NumPy and Pillow need to read the files of `trainyard-run bench --suite data --peer`.

data_peer.py CASE PATH prints {"framework", "seconds", "peakResidentMiB"}. One process a reading, so that memory is its own.
"""
import json
import os
import resource
import sys
import time


def csv(path):
    import pandas
    begin = time.perf_counter()
    frame = pandas.read_csv(path)  # dates stay words, which is less work than ours
    assert len(frame) > 0
    return "pandas " + pandas.__version__, begin


def npy(path):
    import numpy
    begin = time.perf_counter()
    assert numpy.load(path).size > 0
    return "NumPy " + numpy.__version__, begin


def idx(path):
    import numpy
    begin = time.perf_counter()
    assert numpy.fromfile(path, dtype=numpy.uint8, offset=16).size > 0
    return "NumPy " + numpy.__version__, begin


def jpeg(path):
    import numpy
    import PIL
    from PIL import Image
    begin = time.perf_counter()
    for folder, _, files in os.walk(path):
        for name in files:
            with Image.open(os.path.join(folder, name)) as image:
                assert numpy.asarray(image.convert("RGB")).size > 0
    return "Pillow " + PIL.__version__, begin


framework, began = {"csv": csv, "npy": npy, "idx": idx, "jpeg": jpeg}[sys.argv[1]](sys.argv[2])
seconds = time.perf_counter() - began
print(json.dumps({"framework": framework, "seconds": seconds, "peakResidentMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
