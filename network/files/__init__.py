"""Every byte in and out: upload checks, guarded download, formula-safe workbooks, HTML to PDF.

Nothing else in the portal reads an upload or writes a download.
"""

from network.files.stored import StoredFile

__all__ = ["StoredFile"]
