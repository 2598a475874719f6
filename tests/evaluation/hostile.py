"""Evaluations in which every text, label and name is made to break out of the page."""

from dataclasses import replace

from stand_ins import Told, example

from annotate.evaluation import Rival, Votes, evaluate_model, study
from annotate.evaluation.behaviour import Case, behaviour_of
from annotate.evaluation.findings import Learnt
from annotate.evaluation.words import Weight

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</style></title></script><svg onload=alert(3)>",
    "{{7*7}} {% include '/etc/passwd' %}",
    "\u202ereversed\u2066 and never closed",
    "javascript:alert(4)",
    "=HYPERLINK(A1)",
    "&lt;b&gt; &amp;amp; 'quoted'",
)


def hostile_evaluation():
    """Every field of every record, the labels and the name are made to break out."""
    labels = (HOSTILE[0], HOSTILE[1], "neither")
    examples = [
        example(n, labels[n % 2], f"g{n} {bad}", text=f"{bad} text {n}", before=f"{bad} before",
                after=f"{bad} after", title=f"{bad} title", outlet=f"{bad} outlet")
        for n, bad in enumerate(HOSTILE)
    ]  # fmt: skip
    answers = {e.text: labels[(n + 1) % 2] for n, e in enumerate(examples)}
    model = Told(answers, labels=labels)
    found = evaluate_model(model, examples, labels=labels, name=HOSTILE[0], trained_on=None)
    words = (Weight(1, 8, 0.5, 3),)  # cuts the tags in two
    return replace(found, items=tuple(replace(item, words=words) for item in found.items))


def studied(found, **options):
    """The evaluation with findings in which every name is one that it has itself."""
    name = found.items[0].text
    case = Case(id=name, pattern=name, name=name, text=name, before=name, label=found.labels[0])
    said = Told({name: found.labels[1]}, labels=found.labels)
    return study(
        found,
        rivals=[Rival(replace(found, model=f"{name} rival"), f"{name} about", "rival")],
        seed=0,
        votes=Votes(
            {item.id: [item.gold, item.predicted, item.gold] for item in found.items}, True
        ),
        traits={f"{name} trait": [f"{item.text} value" for item in found.items]},
        behaviour=behaviour_of(said, [case]),
        missing=[f"{name} missing"],
        learning=[Learnt(1200, 0.5, 0.4, 0.6), Learnt(2400, 0.6, None, None)],
        resamples=20,
        **options,
    )
