#!/usr/bin/python3
"""Files with every quirk, and what other programs read from them: peers.py FOLDER writes both, the latter as peers.json.

pandas reads CSV, JSON Lines and SQLite, scikit-learn LIBSVM and (by liac-arff) ARFF, NumPy its own formats. What is missing
is null; numbers are those of the other reader, words its words.
"""
import json
import math
import random
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_svmlight_file
from sklearn.externals import _arff as arff

FOLDER = Path(sys.argv[1])
random.seed(7)
WORDS = ["red", "dark green", "it's", 'a "b"', "50%", "x,y", "naïve", "日本", "tab\there", "{odd}"]
cases = []


def plain(value):
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (np.integer, np.floating)):
        return plain(float(value))
    return value


def add(name, columns, rows):
    """columns: names; rows: lists of cells."""
    cases.append({"file": name, "columns": list(columns), "rows": [[plain(cell) for cell in row] for row in rows]})


def add_frame(name, frame):
    add(name, frame.columns, frame.astype(object).where(frame.notna(), None).values.tolist())


def number():
    return random.choice([random.uniform(-1e3, 1e3), random.randrange(-50, 50), random.uniform(-1, 1) * 1e-7, random.uniform(1, 9) * 1e12])


def quoted(word):
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'").replace("%", "\\%").replace("\t", "\\t") + "'"


def write_arff():
    lines = ["% made by a test", "", "@RELATION 'a relation'", "@attribute size numeric",
             "@ATTRIBUTE 'the colour' {" + ",".join(quoted(word) for word in WORDS) + "}", "@attribute count INTEGER",
             "@Attribute note string", "@attribute class {yes, no}", "", "@DATA"]
    for i in range(300):
        cells = ["?" if random.random() < 0.1 else repr(number()), quoted(random.choice(WORDS)), str(random.randrange(9)),
                 random.choice(["?", quoted(random.choice(WORDS) + str(i)), '"double, %d"' % i]), random.choice(["yes", "no"])]
        lines.append((", " if i % 3 else ",").join(cells))
        if i % 50 == 0:
            lines += ["", "% in between"]
    (FOLDER / "dense.arff").write_text("\n".join(lines) + "\n", encoding="utf-8")
    loaded = arff.load((FOLDER / "dense.arff").read_text(encoding="utf-8"))
    add("dense.arff", [name for name, _ in loaded["attributes"]], loaded["data"])

    lines = ["@relation sparse"] + ["@attribute f%d numeric" % i for i in range(12)] + ["@attribute class {a, 'b c', d}", "@data"]
    for _ in range(300):
        chosen = sorted(random.sample(range(12), random.randrange(0, 6)))
        cells = ["%d %r" % (i, number()) for i in chosen] + random.choice([[], ["12 'b c'"], ["12 d"]])
        lines.append("{" + random.choice([",", ", "]).join(cells) + "}")
    (FOLDER / "sparse.arff").write_text("\n".join(lines))
    loaded = arff.load((FOLDER / "sparse.arff").read_text(), return_type=arff.LOD)
    names = [name for name, _ in loaded["attributes"]]
    rows = [[row.get(i, "a" if i == 12 else 0.0) for i in range(13)] for row in loaded["data"]]
    add("sparse.arff", names, rows)


def write_libsvm():
    for name, first in (("one.svm", 1), ("zero.svm", 0)):
        lines = ["# made by a test"]
        for i in range(300):
            chosen = sorted(random.sample(range(first, 20), random.randrange(1, 8)))
            chosen = sorted({first, *chosen}) if i == 0 else chosen
            pairs = " ".join("%d:%.8g" % (index, number()) for index in chosen)
            lines.append("%s %s%s%s" % (random.choice(["-1", "+1"]), "qid:%d " % (i // 10), pairs, random.choice(["", " # why", "  "])))
        (FOLDER / name).write_text("\n".join(lines) + "\n")
        values, labels = load_svmlight_file(str(FOLDER / name))
        values = values.toarray()
        names = ["feature %d" % (first + i) for i in range(values.shape[1])] + ["label"]
        add(name, names, [list(row) + [label] for row, label in zip(values, labels)])


def write_json_lines():
    lines = []
    for i in range(300):
        row = {"size": number(), "colour": random.choice(WORDS), "flag": random.random() < 0.5, "count": random.randrange(5)}
        if random.random() < 0.2:
            row["size"] = None
        if i % 7 == 0:
            del row["count"]
        if i >= 100:
            row["late"] = random.randrange(3)
        keys = list(row)
        random.shuffle(keys)
        lines.append(json.dumps({key: row[key] for key in keys}, ensure_ascii=i % 2 == 0))
    (FOLDER / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    add_frame("rows.jsonl", pd.read_json(FOLDER / "rows.jsonl", lines=True))


def write_sqlite():
    database = sqlite3.connect(FOLDER / "rows.db")
    database.execute('CREATE TABLE "odd ""name" (size REAL, colour TEXT, count INTEGER, mixed, class TEXT)')
    database.execute("CREATE TABLE short (a, b)")
    database.executemany(
        'INSERT INTO "odd ""name" VALUES (?, ?, ?, ?, ?)',
        [(random.choice([None, number()]), random.choice(WORDS), random.choice([None, i]), random.choice([number(), "three", None]),
          random.choice(["yes", "no"])) for i in range(300)])
    database.commit()
    frame = pd.read_sql('SELECT * FROM "odd ""name"', database)
    add_frame("rows.db", frame)


def write_csv():
    lines = ["size;colour;when;text;class"]
    for i in range(300):
        lines.append(";".join([
            random.choice(["", "%.6g" % number()]).replace(".", ","), '"' + random.choice(WORDS).replace('"', '""') + '"',
            "2024-%02d-%02d" % (random.randrange(1, 13), random.randrange(1, 29)),
            '"line one\nline two, %d"' % i if i % 10 == 0 else "plain %d" % i, random.choice(["yes", "no"])]))
    (FOLDER / "rows.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    frame = pd.read_csv(FOLDER / "rows.csv", sep=";", decimal=",")
    add_frame("rows.csv", frame)


def write_arrays():
    def rows_of(values, labels):
        return [list(row) + [label] for row, label in zip(values.astype(np.float64), labels)]

    for kind in ("<f4", ">f8", "<i2", "|u1", "|b1", "<f2", ">i4", "<u8", "<i1"):
        values = (np.random.RandomState(3).uniform(0, 100, (40, 5)) * 1).astype(kind)
        name = "array_%s.npy" % kind.strip("<>|")
        np.save(FOLDER / name, np.asfortranarray(values) if kind == "<i2" else values)
        labels = np.arange(40) % 4
        np.save(FOLDER / name.replace(".npy", "_labels.npy"), labels)
        add(name, ["column %d" % (i + 1) for i in range(5)] + ["label"], rows_of(np.load(FOLDER / name), labels))
    values = np.random.RandomState(4).normal(size=(60, 3)).astype("f4")
    labels = np.array(["cat", "dog", "hen"])[np.arange(60) % 3]
    np.savez_compressed(FOLDER / "split.npz", x_train=values[:40], y_train=labels[:40], x_test=values[40:], y_test=labels[40:])
    add("split.npz", ["column 1", "column 2", "column 3", "label"], [list(map(float, row)) + [str(label)] for row, label in zip(values, labels)])
    np.savez(FOLDER / "columns.npz", age=np.arange(50) * 1.5, name=np.array(["anna", "bo"])[np.arange(50) % 2], target=np.arange(50) % 2)
    add("columns.npz", ["age", "name", "target"], [[i * 1.5, ["anna", "bo"][i % 2], i % 2] for i in range(50)])


for write in (write_arff, write_libsvm, write_json_lines, write_sqlite, write_csv, write_arrays):
    write()
(FOLDER / "peers.json").write_text(json.dumps(cases))
