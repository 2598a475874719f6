"""Files of any newsroom in, documents out."""

from annotate.documents.article import Skipped
from annotate.documents.fieldnames import FieldNames
from annotate.documents.merge import Merged, latest_revisions, merge_documents, merge_into
from annotate.documents.options import ReadingOptions, reading_options
from annotate.documents.reading import read_documents
from annotate.documents.shelf import DiskShelf

__all__ = [
    "DiskShelf", "FieldNames", "Merged", "ReadingOptions", "Skipped",
    "latest_revisions", "merge_documents", "merge_into", "read_documents",
    "reading_options",
]  # fmt: skip
