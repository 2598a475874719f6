"""annotate: from news articles to labelled sentences, and a score that holds on new articles."""

__version__ = "0.1.0"
