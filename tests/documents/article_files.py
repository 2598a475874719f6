"""A folder for articles, and what reading them gives."""

import gzip
import io
import tarfile
import zipfile

from annotate.documents import ReadingOptions, Skipped, read_documents
from annotate.documents.options import reading_options


def read(tmp_path, name, content, *, mapping=(), zone="UTC"):
    """Write one file and read it: the documents, the skipped ones in words, the remarks."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_path(tmp_path, path, options=reading_options(mapping, zone))


def read_path(base, path, *, options=None):
    options = options or ReadingOptions()
    found = list(read_documents([path], base=base, options=options))
    documents = [entry for entry in found if not isinstance(entry, Skipped)]
    skipped = [str(entry) for entry in found if isinstance(entry, Skipped)]
    return documents, skipped, list(options.remarks.lines())


def zipped(members, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **options)
    return buffer.getvalue()


def tarred(members, *, pack=True):
    """A tar archive of contents, or of ready made `TarInfo` without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue()) if pack else buffer.getvalue()
