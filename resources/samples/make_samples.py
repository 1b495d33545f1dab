#!/usr/bin/env python3
"""Makes the bundled samples again, byte for byte. Python 3 alone is needed.

    make_samples.py DIGITS.csv.gz IRIS.csv

DIGITS.csv.gz and IRIS.csv: sklearn/datasets/data of scikit-learn (Debian: package python3-sklearn). The spirals and
the tones are computed here. Files are written beside this script.
"""
import csv
import gzip
import math
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def path(*names):
    return os.path.join(HERE, *names)


def write_gzip(name, content):
    with open(name, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(content)


def make_digits(source):
    """64 values of 0..16 and the digit a line; written as IDX with 16 as 255."""
    with gzip.open(source, "rt") as file:
        rows = [[int(float(cell)) for cell in line.split(",")] for line in file]
    pixels = bytes(min(255, (value * 255 + 8) // 16) for row in rows for value in row[:64])
    labels = bytes(row[64] for row in rows)
    write_gzip(path("digits", "digits-images-idx3-ubyte.gz"), struct.pack(">4i", 2051, len(rows), 8, 8) + pixels)
    write_gzip(path("digits", "digits-labels-idx1-ubyte.gz"), struct.pack(">2i", 2049, len(rows)) + labels)


def make_iris(source):
    """scikit-learn's file has counts and class names in its first line and class numbers in its last column."""
    with open(source, newline="") as file:
        rows = list(csv.reader(file))
    names = rows[0][2:]
    with open(path("iris.csv"), "w", newline="") as file:
        file.write("sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,species\n")
        for row in rows[1:]:
            file.write(",".join(row[:4] + [names[int(row[4])]]) + "\n")


def make_spirals(arms=("red", "green", "blue"), points=200, noise=0.04):
    """Three arms that turn once and a half around the middle, with normal noise."""
    rng = random.Random(3)
    rows = []
    for arm, name in enumerate(arms):
        for i in range(points):
            radius = 0.08 + 0.92 * (i + 0.5) / points
            angle = 2 * math.pi * (arm / len(arms) + 1.5 * radius)
            x = radius * math.cos(angle) + rng.gauss(0, noise)
            y = radius * math.sin(angle) + rng.gauss(0, noise)
            rows.append((x, y, name))
    rng.shuffle(rows)
    with open(path("spirals.csv"), "w") as file:
        file.write("x,y,colour\n")
        file.writelines(f"{x:.4f},{y:.4f},{name}\n" for x, y, name in rows)


def make_tones(per_class=100, rate=8000, length=1024, bands=32):
    """Notes from C4 to C5, each played out of tune by up to a third of a semitone, with up to six overtones of random
    strength and background noise; described by the energy in bands that are evenly spaced in pitch."""
    rng = random.Random(8)
    notes = dict(C4=60, D4=62, E4=64, F4=65, G4=67, A4=69, B4=71, C5=72)
    centres = [220 * (3600 / 220) ** (i / (bands - 1)) for i in range(bands)]
    window = [0.5 - 0.5 * math.cos(2 * math.pi * i / (length - 1)) for i in range(length)]
    rows = []
    for name, key in notes.items():
        for _ in range(per_class):
            pitch = 440 * 2 ** ((key - 69 + rng.uniform(-0.33, 0.33)) / 12)
            overtones = [1.0] + [rng.uniform(0, 0.8) / (k + 1) for k in range(1, 1 + rng.randrange(0, 7))]
            phases = [rng.uniform(0, 2 * math.pi) for _ in overtones]
            loudness = 10 ** rng.uniform(-1, 0)
            noise = rng.uniform(0.02, 0.15)
            wave = []
            for i in range(length):
                time = i / rate
                value = sum(
                    strength * math.sin(2 * math.pi * pitch * (k + 1) * time + phase)
                    for k, (strength, phase) in enumerate(zip(overtones, phases)) if pitch * (k + 1) < rate / 2)
                wave.append(window[i] * (loudness * value + rng.gauss(0, noise)))
            cells = []
            for centre in centres:
                step = 2 * math.cos(2 * math.pi * centre / rate)  # Goertzel: the energy at one frequency
                before, last = 0.0, 0.0
                for value in wave:
                    before, last = last, value + step * last - before
                energy = before * before + last * last - step * before * last
                cells.append(f"{10 * math.log10(energy / length + 1e-9):.2f}")
            rows.append(cells + [name])
    rng.shuffle(rows)
    with open(path("tones.csv"), "w") as file:
        file.write(",".join([f"band_{round(centre)}hz_db" for centre in centres] + ["note"]) + "\n")
        file.writelines(",".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    make_digits(sys.argv[1])
    make_iris(sys.argv[2])
    make_spirals()
    make_tones()
