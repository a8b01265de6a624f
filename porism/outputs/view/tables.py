"""The tables of a dataset's folder: which Parquet files belong together, their columns, and what cannot be read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from porism.errors import InputError
from porism.outputs.publish import parquet_files, reading

FILE, ROW = "__file", "__row"  # the number of a row's file, and of the row in it
POSITION = "__position"  # of a row among all of its config, from 0
OWN = (FILE, ROW, POSITION)
VIRTUAL = ("file_index", "file_row_number")  # DuckDB's names, which a column of the file may take
MOST_COLUMNS = 500
MOST_REMARKS = 20
Described = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and DuckDB's type."""

    name: str
    type: str

    @property
    def kind(self) -> str:
        """``number``, ``text``, ``truth``, ``nested`` or ``other`` (dates, bytes)."""
        plain = self.type.split("(")[0]
        if self.type.endswith("]") or plain.strip() in ("STRUCT", "MAP", "UNION", "VARIANT"):
            return "nested"
        return "number" if plain in NUMBERS else {"BOOLEAN": "truth", "VARCHAR": "text"}.get(plain, "other")


NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "FLOAT", "DOUBLE", "DECIMAL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Config:
    """A table of a dataset.

    Attributes:
        name: such as ``data``, ``rejected`` or ``preferences``.
        files: in the order of their rows.
        sizes: how many rows each file has.
        columns: of all files.
        rows: how many there are.
        condition: SQL that rows must meet, where one file holds several configs.
    """

    name: str
    files: tuple[Path, ...]
    sizes: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: int
    condition: str = ""

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def position(self, file: int, row: int) -> int:
        """Which row of the whole a row of a file is."""
        return sum(self.sizes[:file]) + row

    @property
    def shadowed(self) -> bool:
        """Whether a column has the name by which DuckDB says where rows stand; then all files count as one."""
        return any(column.name.lower() in VIRTUAL for column in self.columns)

    def place(self, position: int) -> tuple[int, int] | None:
        """The inverse of ``position``; None beyond the last row."""
        for file, size in enumerate((sum(self.sizes),) if self.shadowed else self.sizes):
            if position < size:
                return file, position
            position -= size
        return None


@dataclass(frozen=True, slots=True)
class Reader:
    """Finds the tables of a folder.

    Attributes:
        folder: of the dataset.
        describe: names and types of the columns that SQL for a table gives.
        remark: told in a line what is left out.
    """

    folder: Path
    describe: Callable[[str], Described]
    remark: Callable[[str], None]

    def published(self) -> list[Config]:
        """What lies in ``data/``, ``rejected/`` and further parts, or in the folder itself."""
        parts = {path.parent.name for path in self.folder.glob("*/*.parquet")} - {"work"}
        kept = sorted((part for part in parts if "." not in part), key=_rank)
        found = [self.table(part, parquet_files(self.folder, part)) for part in kept]
        if not kept and (loose := sorted(self.folder.glob("*.parquet"))):
            found = [self.table("data", loose)]
        return [config for config in found if config]

    def shards(self) -> Config | None:
        """What a run that is going on has committed, accepted and rejected rows together."""
        return self.table("data", sorted((self.folder / "work").glob("shard-*.parquet")))

    def table(self, name: str, files: Sequence[Path]) -> Config | None:
        """The files that can be read and have the columns of the first of them; None if there is none."""
        good, sizes, schema = [], [], None
        for path in files:
            try:
                with reading(path), pq.ParquetFile(path) as file:
                    if not file.metadata.num_columns:
                        raise InputError(f"{path} has no columns")
                    if schema is not None and not file.schema_arrow.equals(schema):
                        raise InputError(f"{path} has other columns than {good[0].name}")
                    schema = file.schema_arrow
            except InputError as error:
                self.remark(f"Left out: {self._relative(str(error))}")
                continue
            good.append(path)
            sizes.append(file.metadata.num_rows)
        columns = self._columns(good)
        return Config(name, tuple(good), tuple(sizes), columns, sum(sizes)) if columns else None

    def _columns(self, files: Sequence[Path]) -> tuple[Column, ...]:
        if not files:
            return ()
        try:
            every = [Column(*one) for one in self.describe(f"SELECT * FROM {source(files)}")]
        except InputError as error:
            self.remark(f"Left out: {self._relative(str(error))}")
            return ()
        kept = [column for column in every if column.name not in OWN][:MOST_COLUMNS]
        if len(kept) < len(every):
            self.remark(f"{len(every) - len(kept)} of {len(every):,} columns of {files[0].name} are left out")
        return tuple(kept)

    def _relative(self, text: str) -> str:
        return text.replace(f"{self.folder}/", "").replace(f"{self.folder.resolve()}/", "")


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def source(files: Sequence[Path]) -> str:
    """SQL for the rows of files, whose names DuckDB would take for patterns."""
    literal = (re.sub(r"([*?\[])", r"[\1]", str(path.resolve())).replace("'", "''") for path in files)
    return "read_parquet([" + ", ".join(f"'{name}'" for name in literal) + "])"


def numbered(config: Config, files: Sequence[Path] | None = None) -> str:
    """SQL for rows with their columns, ``FILE`` and ``ROW``, without the config's condition; of ``files`` alone."""
    names = ", ".join(quoted(column.name) for column in config.columns)
    where = f"file_index AS {FILE}, file_row_number AS {ROW}"
    if config.shadowed:
        where = f"0 AS {FILE}, row_number() OVER () - 1 AS {ROW}"
    return f"(SELECT {names}, {where} FROM {source(files or config.files)})"


def _rank(part: str) -> tuple[int, str]:
    """Accepted rows first, rejected ones last."""
    return {"data": 0, "rejected": 2}.get(part, 1), part
