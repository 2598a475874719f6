"""The files that hold shares."""

import csv
import json

import numpy as np

from annotate.prevalence import Audited, estimate, write_prevalence


def made(by=("outlet", "month")):
    pairs = [("denial", "neither"), ("neither", "neither"), ("neither", "neither")]
    cell = ("=Post", None)
    audited = [Audited(f"f{n}", cell, *pair) for n in range(10) for pair in pairs]
    counts = {cell: np.array([90, 10])}
    return estimate(counts, audited, by=by, labels=("denial", "neither"))


def test_json_and_csv_say_the_same_and_only_csv_is_cut(tmp_path):
    path = write_prevalence(tmp_path / "out.prevalence", made(), model="first", notes=("Mind.",))
    content = json.loads(path.read_text("utf-8"))
    assert path.name == "out.prevalence.json"
    assert (content["model"], content["by"], content["notes"]) == (
        "first", ["outlet", "month"], ["Mind."],
    )  # fmt: skip
    (cell,) = content["cells"]
    assert cell["cell"] == {"outlet": "=Post", "month": None}
    assert cell["shares"][0]["corrected"] > 1
    with (tmp_path / "out.prevalence.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["outlet"], r["month"], r["label"]) for r in rows] == [
        ("all", "all", "denial"), ("all", "all", "neither"),
        ("'=Post", "", "denial"), ("'=Post", "", "neither"),
    ]  # fmt: skip
    assert [float(r["corrected"]) for r in rows] == [1, 0, 1, 0]
    assert {r["counted"] for r in rows} == {"0.900000", "0.100000"}
    assert not list(tmp_path.glob(".*")), "nothing half-written is left"
