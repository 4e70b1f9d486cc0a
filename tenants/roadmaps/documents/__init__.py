"""Roadmap documents (DOCX, ODT, XLSX, PDF) read into measures, in a process of their own.

`reader.read_document` reads in this process and loads the libraries of the formats; servers use `read_safely`.
"""

from tenants.roadmaps.documents.errors import DocumentError
from tenants.roadmaps.documents.safely import read_measured, read_safely

__all__ = ["DocumentError", "read_measured", "read_safely"]
