"""Everything that speaks to Label Studio: tasks out, annotations back, a server of one's own.

More than these stand in the modules: `server` and `users` (the local server), `config` (the
labelling page), `convert` (tasks as Label Studio takes them).
"""

from annotate.labelstudio.adopt import Adopted, adopt
from annotate.labelstudio.client import Studio
from annotate.labelstudio.credentials import find_credentials
from annotate.labelstudio.plan import PushPlan, Wanted
from annotate.labelstudio.planning import plan_push
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.pull import Pulled, pull, pull_export
from annotate.labelstudio.sync import push

__all__ = [
    "Adopted",
    "Pseudonyms",
    "Pulled",
    "PushPlan",
    "Studio",
    "Wanted",
    "adopt",
    "find_credentials",
    "plan_push",
    "pull",
    "pull_export",
    "push",
]
