"""Renders one page to PDF, in a process of its own that is given a limit of memory and none of our secrets.

Run by `network.files.printing`: the order comes as JSON on standard input, the PDF leaves on standard output.
It imports nothing of the portal, so that it starts fast and can reach nothing.
"""

from __future__ import annotations

import json
import mimetypes
import resource
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse


class OwnFilesOnly(URLFetcher):
    """Fetches pictures in the page itself and our own static files; nothing from the network or the disk."""

    def __init__(self, static_url: str, folders: list[str]) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self.static_url = static_url
        self.folders = [Path(folder).resolve() for folder in folders]

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith("data:image/"):
            return super().fetch(url, headers)
        if url.startswith(self.static_url):
            path = unquote(urlsplit(url[len(self.static_url) :]).path)
            for folder in self.folders:
                file = (folder / path).resolve()
                if file.is_relative_to(folder) and file.is_file():
                    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                    return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})
        raise ValueError(f"not one of our own files: {url[:200]}")


def main() -> None:
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    fetcher = OwnFilesOnly(order["static_url"], order["static_folders"])
    fonts = FontConfiguration()
    styles = [CSS(string=order["css"], base_url=order["static_url"], url_fetcher=fetcher, font_config=fonts)]
    page = HTML(string=order["html"], base_url=order["base_url"], url_fetcher=fetcher)
    document = page.render(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")
    document.metadata.title = order["title"]
    sys.stdout.buffer.write(document.write_pdf(pdf_variant="pdf/ua-1"))


if __name__ == "__main__":
    main()
