"""Croissant metadata: what a dataset is, which files it has with their hashes, and what their columns are, as JSON-LD.

Everything is read from the dataset: the card says what it is and what its limits are, the manifest which files there
are, the files what columns they have. Nothing is asked of anybody, so the same dataset gives the same bytes.

Reference: the Croissant format, version 1.0, and its vocabulary for responsible AI, version 1.0 [MLCommons2024].
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.folder import write_atomically
from porism.outputs.publish import read_manifest, reading

FILE = "croissant.json"
CONFORMS = ("http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0")
FOLDER = "folder"
PARQUET = "application/x-parquet"
KINDS = (
    (pa.types.is_boolean, "sc:Boolean"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_floating, "sc:Float"),
    (pa.types.is_date, "sc:Date"),
    (pa.types.is_timestamp, "sc:Date"),
)


def write(folder: Path) -> Path:
    """Write ``croissant.json`` into a finished dataset's folder.

    Raises:
        InputError: it is not finished, or its card cannot be read.
    """
    path = folder / FILE
    write_atomically(path, text(folder))
    return path


def text(folder: Path, url: str = "") -> str:
    """The file as text.

    Args:
        folder: the dataset.
        url: of its repository on the Hub, if it has one; else files are named as they lie in the folder.

    Raises:
        InputError: as ``write`` does.
    """
    return json.dumps(metadata(folder, url), indent=2, ensure_ascii=False) + "\n"


def metadata(folder: Path, url: str = "") -> dict[str, Any]:
    """The dataset as a Croissant document.

    Raises:
        InputError: as ``write`` does.
    """
    manifest, (front, summary, limits) = read_manifest(folder), card_of(folder)
    files = manifest.get("files", [])
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS),
        "name": _name(front, folder),
        "description": summary,
        "license": _license(front),
        "citeAs": f"{_name(front, folder)}. Made with Porism {manifest.get('versions', {}).get('porism', '')}".strip(),
        **({"url": url} if url else {}),
        **({"inLanguage": front["language"]} if front.get("language") else {}),
        "keywords": list(front.get("tags") or ()),
        "datePublished": str(manifest.get("finished", ""))[:10],
        "version": "1.0.0",
        "isLiveDataset": False,
        "distribution": [_whole(url), *(_file_object(file, url) for file in files), *_file_sets(files)],
        "recordSet": [_record_set(folder, part, files) for part in _parts(files)],
        **_responsible(summary, limits, str(manifest.get("command", ""))),
    }


def card_of(folder: Path) -> tuple[dict[str, Any], str, list[str]]:
    """What the card says: its front matter, its first paragraph, and the paragraphs of its limits.

    Raises:
        InputError: there is no card, or it has no front matter.
    """
    import yaml

    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
        _, head, body = text.split("---\n", 2)
        front = yaml.safe_load(head)
    except (OSError, ValueError, yaml.YAMLError):
        raise InputError(
            f"{folder}/README.md is no dataset card; run the command that made the dataset again"
        ) from None
    paragraphs = [part for part in body.split("\n\n") if part.strip()]
    summary = next((part.strip() for part in paragraphs if not part.lstrip().startswith("#")), "")
    limits = body.partition("\n## Limits\n")[2].strip()
    return (front if isinstance(front, dict) else {}), summary, limits.split("\n\n") if limits else []


def _name(front: Mapping[str, Any], folder: Path) -> str:
    return str(front.get("pretty_name") or folder.resolve().name)


def _license(front: Mapping[str, Any]) -> str:
    name = str(front.get("license") or "other")
    return "other, see the limits in README.md" if name == "other" else f"https://choosealicense.com/licenses/{name}/"


def _responsible(summary: str, limits: Sequence[str], command: str) -> dict[str, Any]:
    """What the vocabulary for responsible AI asks for."""
    return {
        "rai:dataCollection": summary,
        "rai:dataCollectionType": ["Others"],
        "rai:dataCollectionRawData": "None: the rows are synthetic, made by a program.",
        "rai:machineAnnotationTools": [f"Porism: {command}"] if command else ["Porism"],
        "rai:dataPreprocessingProtocol": ["Rows that fail a check are in the config `rejected`, with the reason."],
        "rai:dataLimitations": list(limits),
        "rai:dataBiases": list(limits),
        "rai:personalSensitiveInformation": ["None was collected."],
    }


# Files


def _whole(url: str) -> dict[str, Any]:
    """The folder itself, in which the sets of files lie."""
    return {
        "@type": "cr:FileObject",
        "@id": FOLDER,
        "name": FOLDER,
        "description": "The folder of the dataset.",
        "contentUrl": url or ".",
        "encodingFormat": "git+https",
        "sha256": "https://github.com/mlcommons/croissant/issues/80",  # a folder has none: as the Hub writes it
    }


def _file_object(file: Mapping[str, Any], url: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file["path"],
        "name": file["path"],
        "contentUrl": f"{url}/resolve/main/{file['path']}" if url else file["path"],
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": PARQUET,
        "sha256": file["sha256"],
    }


def _parts(files: Sequence[Mapping[str, Any]]) -> list[str]:
    """The configs, by their folders; those without a row are no record sets."""
    return list(dict.fromkeys(str(file["path"]).split("/")[0] for file in files if file["rows"]))


def _file_sets(files: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in _parts(files):
        yield {
            "@type": "cr:FileSet",
            "@id": f"files-of-{part}",
            "name": f"files-of-{part}",
            "containedIn": {"@id": FOLDER},
            "encodingFormat": PARQUET,
            "includes": f"{part}/*.parquet",
        }


# Columns


def _record_set(folder: Path, part: str, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = folder / next(str(file["path"]) for file in files if file["path"].startswith(f"{part}/"))
    with reading(first):
        schema = pq.read_schema(first)
    return {
        "@type": "cr:RecordSet",
        "@id": part,
        "name": part,
        "description": "Rows that passed all checks." if part == "data" else f"Rows of the config {part}.",
        "field": [_column(part, field) for field in schema],
    }


def _column(part: str, field: pa.Field) -> dict[str, Any]:
    source = {"fileSet": {"@id": f"files-of-{part}"}, "extract": {"column": field.name}}
    return {**_field(f"{part}/{field.name}", field.type), "source": source}


def _field(name: str, kind: pa.DataType) -> dict[str, Any]:
    """A field; one of a list is repeated, one of a struct has fields of its own."""
    repeated = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    inner = kind.value_type if repeated else kind
    field: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name}
    if pa.types.is_struct(inner):
        field["subField"] = [_field(f"{name}/{part.name}", part.type) for part in inner]
    else:
        field["dataType"] = next((said for is_kind, said in KINDS if is_kind(inner)), "sc:Text")
    return {**field, "repeated": True} if repeated else field


CONTEXT = {
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
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "equivalentProperty": "cr:equivalentProperty",
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
