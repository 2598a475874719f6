import subprocess
import sys

import pytest

from annotate.errors import ModelError
from annotate.models import RecipeOptions, recipe
from annotate.models.recipes import recipes


def test_options_that_a_recipe_has_no_use_for_are_refused():
    with pytest.raises(ModelError, match="The recipe linear takes no --learning-rate"):
        recipe("linear", RecipeOptions(learning_rate=0.1))
    assert recipe("linear", RecipeOptions()).name == "linear"


def test_of_several_recipes_each_takes_the_options_that_it_has_a_use_for():
    options = RecipeOptions(encoder="x", epochs=3, min_precision={"denial": 0.5})
    found = recipes(("tfidf", "linear", "encoder", "embedding", "ensemble"), options)
    assert found["encoder"].encoder == found["embedding"].encoder == "x"
    assert found["ensemble"].encoder == found["encoder"]
    assert found["encoder"].settings.epochs == 3
    for name in ("linear", "encoder", "embedding"):
        assert found[name].wishes.precision == {"denial": 0.5}
    with pytest.raises(ModelError, match="The recipe linear or rules takes no --encoder"):
        recipes(("linear", "rules"), RecipeOptions(encoder="x"))
    with pytest.raises(ModelError, match="There is no recipe 'oracle'"):
        recipes(("linear", "oracle"))


@pytest.mark.parametrize("name", ["linear", "embedding", "encoder", "ensemble"])
def test_a_precision_out_of_its_range_is_refused(name):
    with pytest.raises(ModelError, match=r"A precision of 1\.5 for denial cannot be asked for"):
        recipe(name, RecipeOptions(min_precision={"denial": 1.5}))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs"),
        ({"learning_rate": 1.5}, "learning_rate"),
        ({"max_length": 2}, "max"),
    ],
)
def test_numbers_out_of_range_are_refused(options, message):
    with pytest.raises(ModelError, match=message) as caught:
        recipe("encoder", RecipeOptions(**options))
    assert "\n" not in str(caught.value)


def test_a_missing_extra_is_refused_with_the_command_that_installs_it():
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"  # as if it were not installed
        "from annotate.errors import MissingExtraError\n"
        "from annotate.models import recipe\n"
        "from annotate.records import Example\n"
        "given = [Example(id=l, text=l, label=l, group=l) for l in 'ab']\n"
        "try:\n    recipe('encoder').fit(given, labels=('a', 'b'), seed=0)\n"
        "except MissingExtraError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'python -m pip install -e ".[neural]"' in done.stdout
