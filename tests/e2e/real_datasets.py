"""Real datasets and the scores that default settings must reach on them; they are not part of the program.

TRAINYARD_DATASETS names a folder with iris/iris.csv, breast-cancer/breast-cancer.csv, diabetes/diabetes.csv (a header
line each), mnist/ (the four IDX files) and mnist-png-mini/ (train/<digit>/*.png, test/<digit>/*.png).
"""
import dataclasses
import os
import pathlib
import sys

SKIPPED = 77


@dataclasses.dataclass(frozen=True)
class Claim:
    path: str
    metric: str
    minimum: float
    longest: int = 120  # seconds to wait on a busy machine; no claim about speed

    @property
    def name(self):
        return pathlib.PurePath(self.path).stem

    @property
    def is_table(self):
        return self.path.endswith(".csv")


CLAIMS = [
    Claim("iris/iris.csv", "accuracy", 0.93),
    Claim("breast-cancer/breast-cancer.csv", "roc_auc", 0.98),
    Claim("diabetes/diabetes.csv", "r2", 0.40),
    Claim("mnist-png-mini", "accuracy", 0.90, 300),  # 400 pictures to learn from
    Claim("mnist", "accuracy", 0.99, 5400),
]


def datasets_folder():
    """The folder, or the end of the program with the status that means "skipped"."""
    folder = os.environ.get("TRAINYARD_DATASETS")
    if not folder:
        print("SKIP: TRAINYARD_DATASETS does not name a folder of datasets (which ones: real_datasets.py)")
        sys.exit(SKIPPED)
    missing = [claim.path for claim in CLAIMS if not (pathlib.Path(folder) / claim.path).exists()]
    if missing:
        print(f"SKIP: {', '.join(missing)} not below {folder}")
        sys.exit(SKIPPED)
    return pathlib.Path(folder)


def chosen():
    """The claims that the command line names, or all."""
    return [claim for claim in CLAIMS if len(sys.argv) == 1 or claim.name in sys.argv[1:]]


def split_table(table, folder):
    """Every fifth row is for testing: the rule by which published scores of these tables were measured."""
    lines = table.read_text().splitlines()
    parts = [lines[0]], [lines[0]]
    for index, line in enumerate(lines[1:]):
        parts[index % 5 == 4].append(line)
    files = folder / f"{table.stem}-train.csv", folder / f"{table.stem}-test.csv"
    for file, part in zip(files, parts):
        file.write_text("\n".join(part) + "\n")
    return files
