#!/usr/bin/python3
"""Ends the command line twin by kill -9 about when its transfers end: what was written but not noted any more is found again,
nothing fails, and nothing unfinished is left lying about.

    transfer_ends.py [--kills N] [--seed N]

Environment as transfer_torture.py."""

import argparse
import os
import random
import sys
import tempfile
import time

from transfer_torture import Program, free_port, skip_without_parts, start_azurite


def take_up(program):
    """The newest transfer to its end. Result: what the program said."""
    newest = program.json("transfers", "list")["transfers"][0]
    if newest["state"] == "done":
        return
    process = program.start("transfers", "resume", str(newest["id"]), "--quiet")
    said = process.communicate()[0].decode()
    assert process.returncode == 0, said


def kill_at_the_end(program, source, target, duration):
    """Result: whether it was killed before it ended by itself."""
    process = program.start("data", "cp", source, target, "--block", "1", "--quiet")
    time.sleep(random.uniform(0.3, 1.1) * duration)
    process.kill()
    process.communicate()
    return process.returncode < 0


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=6)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    skip_without_parts("azurite")
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        os.mkdir(folder + "/azurite")
        azurite = start_azurite(folder + "/azurite", port)
        try:
            program = Program(folder + "/home", port)
            box = "az://devstoreaccount1/box"
            assert program.start("data", "mkdir", box).wait() == 0
            with open(folder + "/large", "wb") as large:
                large.write(random.randbytes(6 << 20))
            os.mkdir(folder + "/many")
            for number in range(40):
                with open(f"{folder}/many/{number}", "wb") as small:
                    small.write(random.randbytes(20_000))
            for kind in ("large", "many"):
                begin = time.monotonic()
                assert program.start("data", "cp", f"{folder}/{kind}", f"{box}/{kind}", "--block", "1", "--quiet").wait() == 0
                duration = time.monotonic() - begin
                killed = 0
                for number in range(options.kills):
                    for source, target in ((f"{folder}/{kind}", f"{box}/{kind}{number}"),
                                           (f"{box}/{kind}", f"{folder}/back-{kind}{number}")):
                        killed += kill_at_the_end(program, source, target, duration)
                        take_up(program)
                print(f"{kind}: {killed} of {2 * options.kills} were killed before their end", flush=True)
            left = [name for _, _, names in os.walk(folder) for name in names if "trainyard-part" in name]
            assert not left, left
        finally:
            azurite.kill()
            azurite.wait()


if __name__ == "__main__":
    sys.exit(main())
