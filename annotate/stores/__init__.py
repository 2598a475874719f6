"""Files on this disk or in an object store, named by a path or by an address."""

from annotate.stores.addresses import Address, File, Place, read_all
from annotate.stores.places import (
    as_place,
    delivered,
    files_in,
    from_root,
    opened,
    remove,
    remove_files,
    size_of,
)

__all__ = [
    "Address", "File", "Place", "as_place", "delivered", "files_in", "from_root", "opened",
    "read_all", "remove", "remove_files", "size_of",
]  # fmt: skip
