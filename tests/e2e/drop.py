#!/usr/bin/python3
"""Files dropped from another program (a real X11 drag) become datasets."""
import desktop
from desktop import App, check, wait_until


def write_table(path):
    rows = ["width,height,kind"]
    for i in range(60):
        rows.append(f"{i % 7 + (10 if i % 2 else 0)},{i % 5},{'oak' if i % 2 else 'elm'}")
    path.write_text("\n".join(rows) + "\n")


def scenario(folder):
    table = folder / "trees äé 1.csv"
    write_table(table)
    app = App(folder / "home")
    app.drop([table])
    # The import sheet asks for the target; its default is the right one.
    app.click_button("Import")
    datasets = wait_until("the dataset in the catalog", lambda: app.cli("data", "list"))
    check("the dropped table is a dataset", datasets[0]["path"] == str(table), str(datasets))
    app.close()


desktop.run(scenario)
