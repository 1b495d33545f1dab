"""Large things to measure the window with, made in seconds: pictures, a table, a catalog full of runs."""
import pathlib
import random
import sqlite3
import struct
import subprocess
import zlib

MAGENTA = (255, 0, 255)  # in no theme: where it shows, a picture shows


def png(pixels, size):
    """@param pixels  RGB bytes, row by row"""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[row * size * 3:(row + 1) * size * 3] for row in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def write_pictures(folder, count, classes=10, size=32):
    """Magenta pictures, no two the same, in one folder a class."""
    chance = random.Random(1)
    for label in range(classes):
        (folder / f"class-{label}").mkdir(parents=True)
    ground = bytes(MAGENTA) * (size * size - size)
    for index in range(count):
        told = bytes([index % 10 * 25, index // 256 % 256, index % 256]) + chance.randbytes(3 * (size - 1))
        (folder / f"class-{index % classes}" / f"{index:05}.png").write_bytes(png(ground + told, size))


def write_table(file, size, columns=10):
    """A table of `size` bytes, two classes, no two rows the same."""
    chance = random.Random(2)
    names = ",".join(f"x{column}" for column in range(columns))
    rows = []
    for row in range(10_000):
        cells = [f"{chance.gauss(row % 2, 1):.5f}" for _ in range(columns - 1)]
        rows.append(f"@{row:04},{','.join(cells)},{'right' if row % 2 else 'left'}\n")
    block = "".join(rows).encode()
    with open(file, "wb") as out:
        out.write(f"{names},side\n".encode())
        number = 0
        while out.tell() < size:
            out.write(block.replace(b"@", b"%d." % number))
            number += 1


def fill_catalog(home, binaries, environment, runs, points=None):
    """A catalog with `runs` runs: one is trained for real, the others are its copies under other names.

    @param points  each run gets a validation loss of so many points, None: as trained
    """
    subprocess.run(
        [binaries / "trainyard", "train", "--data", "sample:iris", "--preset", "fast",
         "--out", str(home / "runs" / "copied-1"), "--events", "text"],
        env=dict(environment, TRAINYARD_HOME=str(home)), check=True, stdout=subprocess.DEVNULL, timeout=120)
    database = sqlite3.connect(home / "catalog.sqlite")
    columns = [row[1] for row in database.execute("pragma table_info(runs)") if row[1] not in ("id", "name", "folder", "created", "best")]
    kept = ",".join(columns)
    first, = database.execute("select id from runs").fetchone()
    count = "with recursive n(i) as (select 2 union all select i + 1 from n where i < ?) "
    database.execute(
        count + f"insert into runs(name, folder, created, best, {kept}) select 'copied-' || i, folder || '-' || i,"
        f" strftime('%Y-%m-%dT%H:%M:%fZ', created, '-' || i || ' minutes'), abs(random() % 10000) / 10000.0, {kept}"
        " from runs, n where id = ?", (runs, first))
    database.execute(
        "insert into metrics(run_id, name, points, minimum, maximum, last)"
        " select runs.id, metrics.name, metrics.points, metrics.minimum, metrics.maximum, metrics.last"
        " from metrics, runs where metrics.run_id = ? and runs.id <> ?", (first, first))
    if points:
        database.execute(
            "delete from points where metric_id in (select id from metrics where name = 'validation/loss')")
        for metric, in database.execute("select id from metrics where name = 'validation/loss'").fetchall():
            database.execute(
                count + "insert into points select ?, i - 1, 1, i - 1, i - 1, i * 0.01, i * 0.01,"
                " 2.0 * exp(-3.0 * i / ?) + 0.01 * (? % 50) + 0.1 * abs(random() % 1000) / 1000.0 from n",
                (points + 1, metric, points, metric))
            database.execute("update metrics set points = ? where id = ?", (points, metric))
            database.commit()
    database.commit()
    database.close()
