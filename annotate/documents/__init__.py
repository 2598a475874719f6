"""Files of any newsroom in, documents out."""

from annotate.documents.merge import Merged, latest_revisions, merge_documents
from annotate.documents.reading import Skipped, read_documents

__all__ = ["Merged", "Skipped", "latest_revisions", "merge_documents", "read_documents"]
