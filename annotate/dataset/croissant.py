"""Croissant metadata: what a data set holds, for catalogues and loaders (JSON-LD)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from annotate.files import sha256_of

CROISSANT = "croissant.json"

_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification gives, word for word.

Source:
    Croissant Format Specification 1.0, MLCommons (2024), appendix 1.
"""

_TYPES: Final = {
    "position": "sc:Float",
    "published": "sc:DateTime",
    "label": "sc:Integer",
    "start": "sc:Integer",
    "end": "sc:Integer",
    "tokens": "sc:Integer",
    "before_tokens": "sc:Integer",
    "after_tokens": "sc:Integer",
    "before_start": "sc:Integer",
    "after_end": "sc:Integer",
}
_NESTED: Final = ("votes", "scores")
"""Columns with a value for each label, which are described one by one."""


def croissant(
    folder: Path,
    *,
    name: str,
    description: str,
    version: str,
    licence: str | None,
    columns: Mapping[str, str],
    per_label: Sequence[str],
) -> str:
    """The metadata of a data set whose Parquet files are written, as JSON.

    Args:
        folder: of the data set.
        name: what it is called.
        description: in a sentence or two.
        version: of its labels.
        licence: its name or address; None where none was chosen.
        columns: of the Parquet files, with what each holds in words.
        per_label: the labels that votes and scores may have.
    """
    files = sorted((folder / "data").glob("*.parquet"))
    content = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": description,
        "version": version,
        **({"license": licence} if licence else {}),
        "distribution": [_file(path, folder) for path in files],
        "recordSet": [_record_set(path, columns, per_label) for path in files],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _file(path: Path, folder: Path) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path.name,
        "name": path.name,
        "contentUrl": path.relative_to(folder).as_posix(),
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": sha256_of(path),
    }


def _record_set(path: Path, columns: Mapping[str, str], per_label: Sequence[str]) -> dict[str, Any]:
    split = path.name.partition("-")[0]
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"The examples of the split {split}.",
        "field": [
            _field(split, column, said, path.name, per_label) for column, said in columns.items()
        ],
    }


def _field(
    split: str, column: str, said: str, file: str, per_label: Sequence[str]
) -> dict[str, Any]:
    name = f"{split}/{column}"
    source = {"fileObject": {"@id": file}, "extract": {"column": column}}
    found: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name, "description": said}
    if column in _NESTED:
        whole = column == "votes"
        found["subField"] = [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{label}",
                "name": f"{name}/{label}",
                "dataType": "sc:Integer" if whole else "sc:Float",
                "source": source | {"transform": {"jsonPath": f"$.{label}"}},
            }
            for label in per_label
        ]
        return found | {"source": source}
    if column == "flags":
        found["repeated"] = True
    return found | {"dataType": _TYPES.get(column, "sc:Text"), "source": source}
