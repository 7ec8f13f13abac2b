"""Every byte in and out: upload checks, guarded download, formula-safe workbooks, HTML to PDF.

Nothing else in the portal reads an upload or writes a download.
"""

from network.files.archives import archive, archive_response
from network.files.printing import PdfFailed, pdf, pdf_response
from network.files.responses import is_download
from network.files.stored import (
    ACCEPT,
    ALLOWED,
    StoredFile,
    check_upload,
    discard,
    download,
    megabytes,
    store,
    sweep,
    told_apart,
    type_words,
)
from network.files.workbooks import Sheet, csv_response, workbook, workbook_response

__all__ = [
    "ACCEPT",
    "ALLOWED",
    "PdfFailed",
    "Sheet",
    "StoredFile",
    "archive",
    "archive_response",
    "check_upload",
    "csv_response",
    "discard",
    "download",
    "is_download",
    "megabytes",
    "pdf",
    "pdf_response",
    "store",
    "sweep",
    "told_apart",
    "type_words",
    "workbook",
    "workbook_response",
]
