"""Spans and relations that were renamed in a project that holds annotations."""

from xml.etree import ElementTree

from studio_strategies import DEFAULT

from annotate.labelstudio.config import label_config
from annotate.labelstudio.renames import page_storing, result_storing, stored_names
from annotate.labelstudio.result_items import marks_in
from annotate.labelstudio.results import Answer, make_result, read_result
from annotate.records import Marked, Relation, Span
from annotate.scheme import Scheme
from annotate.settings import UnitSettings

ARTICLES = UnitSettings(of="article", spans=True)


def renamed(kind, old, new):
    content = DEFAULT.model_dump(exclude_defaults=True)
    for mark in content[kind]:
        if mark["name"] == old:
            mark |= {"name": new, "renamed_from": [old]}
    for relation in content["relations"]:
        for end in ("starts_at", "leads_to"):
            relation[end] = [new if name == old else name for name in relation.get(end, ())]
    for rule in content["from_spans"]:
        rule |= {name: new for name in ("span", "relation") if rule.get(name) == old}
    return Scheme.model_validate(content)


def test_a_renamed_span_is_shown_anew_and_the_page_knows_it_by_its_old_name():
    scheme = renamed("spans", "cue", "trigger")
    stored = stored_names(scheme, label_config(DEFAULT, units=ARTICLES))
    assert stored == {("spans", "trigger"): "cue"}
    page = ElementTree.fromstring(page_storing(label_config(scheme, units=ARTICLES), stored))  # noqa: S314
    (label,) = (each for each in page.iter("Label") if each.get("value") == "trigger")
    assert label.get("alias") == "cue"
    (unresolved,) = (each for each in page.iter("Choices") if each.get("name") == "unresolved")
    assert sorted(unresolved.get("whenLabelValue").split(",")) == ["content", "cue"]


def test_a_renamed_relation_is_stored_and_read_in_both_of_its_places():
    scheme = renamed("relations", "denies", "rejects")
    stored = stored_names(scheme, label_config(DEFAULT, units=ARTICLES))
    page = page_storing(label_config(scheme, units=ARTICLES), stored)
    relations = [each.get("value") for each in ElementTree.fromstring(page).iter("Relation")]  # noqa: S314
    assert "denies" in relations  # Label Studio knows a relation by what it shows
    marked = Marked(
        spans=(Span(start=0, end=1, label="cue"), Span(start=2, end=3, label="target")),
        relations=(
            Relation(label="rejects", head=0, tail=None),
            Relation(label="rejects", head=0, tail=1),
        ),
    )
    sent = result_storing(make_result(None, marked), stored)
    assert {name for _, name in marks_in(sent)} == {"cue", "target", "denies"}
    assert read_result(sent, scheme=scheme, length=3) == Answer(None, marked)
