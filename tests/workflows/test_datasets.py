"""The labelled sentences that a model is trained and scored on."""

from annotate.kinship import Family, Link
from annotate.workflows.datasets import labelled
from annotate.workflows.prepare import make_workspace
from annotate.workspace import Workspace


def test_a_file_of_examples_knows_the_families_of_the_workspace(tmp_path):
    make_workspace(tmp_path, scheme=None)
    workspace = Workspace(tmp_path)
    link = Link(first="d1", second="d2", kind="joined", reason="by hand")
    family = Family(id="f", documents=("d1", "d2"), links=(link,))
    workspace.write(Family, [family], command="test")
    (tmp_path / "e.csv").write_text("id,text,label,group\ns1,He denied it.,denial,g\n")
    found = labelled(workspace, tmp_path / "e.csv")
    assert found.kin == {"d1": ("d1", "d2"), "d2": ("d1", "d2")}
