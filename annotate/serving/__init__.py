"""A model behind the protocol that Label Studio speaks to machine learning backends.

The one home of fastapi, uvicorn and prometheus_client. What a task is and what a model says of it
is brought along as a `Backend`; nothing here knows of a workspace.
"""

from annotate.serving.event_queue import EventQueue
from annotate.serving.events import Event
from annotate.serving.protocol import Answer, Asked, Backend, Withheld
from annotate.serving.reconciling import Reconciled, reconcile

__all__ = [
    "Answer",
    "Asked",
    "Backend",
    "Event",
    "EventQueue",
    "Reconciled",
    "Withheld",
    "reconcile",
]
