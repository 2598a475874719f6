"""Which sentences to label next: strategies, and what keeps a batch from repeating itself."""

from annotate.suggestion.picking import Batch
from annotate.suggestion.strategies import STRATEGIES, Candidates, Strategy, suggest

__all__ = ["STRATEGIES", "Batch", "Candidates", "Strategy", "suggest"]
