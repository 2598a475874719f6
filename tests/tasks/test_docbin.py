"""The .spacy export: what spaCy reads back is what the tasks say."""

import spacy
from spacy.tokens import DocBin

from annotate.tasks.docbin import SPANS, to_docbin
from strategies import document, task

TEXT = "😀 He denied it. She said so—"


def test_spacy_reads_tasks_labels_and_places_back(tmp_path):
    found = document(TEXT, title="He denies")
    first = task("He denied it.", found.id, start=2)
    second = task("She said so", found.id, start=16)  # its end stands before a dash
    title = first.model_copy(
        update={"id": f"{found.id}:title:0-9", "part": "title", "start": 0, "end": 9,
                "text": "He denies"}
    )  # fmt: skip
    path = tmp_path / "t.spacy"
    docs = to_docbin([found], [second, first, title], {first.id: "denial"}, language="en")
    path.write_bytes(docs.to_bytes())
    head, body = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    assert (head.text, body.text) == ("He denies", TEXT)
    assert body.user_data["document"] == found.id
    assert [(span.id_, span.label_) for span in body.spans[SPANS]] == [
        (first.id, "denial"), (second.id, ""),
    ]  # fmt: skip
    one, two = body.spans[SPANS]
    assert one.text == "He denied it."
    assert two.text.startswith("She said so")
    assert [span.id_ for span in head.spans[SPANS]] == [title.id]
