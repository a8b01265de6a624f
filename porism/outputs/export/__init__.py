"""Rows of a finished dataset in the formats that trainers read, written to JSON lines or Parquet.

``shapes`` says which formats the columns of a dataset can give and makes their rows, ``writing`` puts them into files.
The formats are those of TRL's documentation of dataset formats: a conversation, a prompt with its completion, a pair
with an explicit prompt, a completion with a label, and a prompt with steps that have a label each.
"""

from porism.outputs.export.shapes import FORMATS, Shape, shape
from porism.outputs.export.writing import Kept, written

__all__ = ["FORMATS", "Kept", "Shape", "shape", "written"]
