"""The only place where a question becomes fields and what was typed becomes an answer."""

from questionnaires.forms.section import Change, SectionForm

__all__ = ["Change", "SectionForm"]
