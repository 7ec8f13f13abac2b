"""What the forms of bodies and of successors share."""

from __future__ import annotations

from typing import Any

from django import forms

from network.reorganisation.rules import (
    CODES,
    code_problem,
    taken_code,
)

SELECT = {"class": "govuk-select"}
NAMES = {
    "name": "Short name",
    "full_name": "Full name",
    "short": "Letters on the map",
    "authority_type": "Type of authority",
}
HINTS = {
    "name": "As the network says it, for example East Surrey",
    "full_name": "For example East Surrey Council",
    "short": "Two or three letters, for example ESu",
    "authority_type": "For example county or unitary",
    "gss_code": "For example E10000016. Leave it out until it is published",
    "dfe_code": "For example 886",
    "ods_code": "For example QKS",
}


class CodesMixin(forms.BaseForm):
    """Codes in capitals, of the right form, and nobody else's."""

    kind = ""
    own: int | None = None

    def check_codes(self, cleaned: dict[str, Any]) -> None:
        for field in CODES:
            code = (cleaned.get(field) or "").upper().replace(" ", "")
            if field not in self.fields:
                continue
            cleaned[field] = code
            problem = code_problem(field, code) or taken_code(field, code, kind=self.kind, besides=self.own)
            if problem:
                self.add_error(field, problem)
