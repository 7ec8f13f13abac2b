"""The questionnaire's part of a demonstration: one finished round and one that is open."""

from questionnaires.demo.rounds import parts

__all__ = ["parts"]
