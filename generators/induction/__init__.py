"""Find the repeated records of a page, their fields, paging and details, without a model."""

from generators.induction.detail import read_detail
from generators.induction.paging import find_paging
from generators.induction.reading import reads_as
from generators.induction.records import find_records

__all__ = ["find_paging", "find_records", "read_detail", "reads_as"]
