"""What Kent answers: every question of the instrument that its answers lead to, section by section.

Kent worked with two boards: its own (QKS) and, for a few children, Surrey Heartlands (QXU).
"""

from __future__ import annotations

from typing import Any

OWN, OTHER = "QKS", "QXU"
TEXT_OF_A_HIDDEN_ANSWER = "Two levels, and nobody is sure who decides at the last one"

SECTIONS: dict[str, dict[str, Any]] = {
    "A": {
        "A1": {
            "name": "Service manager",
            "job_title": "Service manager, disabled children",
            "team": "Children's commissioning",
            "email": "service.manager@kent.example",
        },
        "A2": [OWN, OTHER],
        "A3": ["SEND", "Commissioning"],
        "A4": "Yes",
    },
    "B": {
        "B1-QKS": "Yes, joint with the ICB",
        "B2-QKS": {"month": "3", "year": "2025"},
        "B3-QKS": ["Review", "Disputes"],
        "B4-QKS": "Works well in parts",
        "B5-QKS": "A named nurse answers questions within two days.",
        "B6-QKS": "We attend but the ICB decides",
        "B1-QXU": "No",
        "B5-QXU": "Nothing is written down, so each case begins anew.",
        "B6-QXU": "We are told the outcome only",
        "B7": "No",
    },
    "C": {
        "C1-QKS": "Yes",
        "C2-QKS": "3; Director of Children's Services and ICB chief nurse",
        "C3-QKS": "Split",
        "C4-QKS": {"state": "exact", "value": "4"},
        "C5-QKS": ["Delay", "Funding split"],
        "C6-QKS": "3 to 6 months",
        "C1-QXU": "Yes",
        "C2-QXU": TEXT_OF_A_HIDDEN_ANSWER,
        "C3-QXU": "No",
        "C4-QXU": {"state": "nil"},
        "C7": ["Pre-action letter"],
    },
    "D": {
        "D1-QKS": "Fixed percentage",
        "D1-QXU": "Case by case negotiation",
        "D2-QKS": "Yes",
        "D3-QKS": "Works well",
        "D2-QXU": "No",
        "D4-QKS": ["Section 117 aftercare"],
        "D4-QXU": ["None"],
        "D5-QKS": "Standing percentage split",
        "D5a-QKS": {"authority": "60", "icb": "40"},
        "D5-QXU": "Case by case",
        "D6-QKS": {"state": "exact", "value": "31"},
        "D6-QXU": {"state": "not_recorded"},
        "D7": ["Joint brokerage"],
        "D8-QKS": "Yes, on request",
        "D8-QXU": "Do not know",
        "D9-QKS": "Sometimes",
        "D9-QXU": "Rarely",
    },
    "E": {
        "E1": "Yes, on request or one-off",
        "E2": ["Authority", "Legal services"],
        "E3": ["Social workers"],
        "E4": "Not very confident",
        "E5": "When to refer, with worked examples.",
    },
    "F": {
        "F1": ["Referrals made", "Date of decision"],
        "F2": ["Spreadsheet"],
        "F3": {"state": "exact", "value": "57"},
        "F4-QKS": "Yes, when asked",
        "F4-QXU": "No",
        "F5-QKS": "In development",
        "F5-QXU": "No",
    },
    "G": {
        "G1-QKS": {str(row): "Usually" for row in range(1, 9)},
        "G1-QXU": {str(row): "Do not know" for row in range(1, 9)},
        "G2": "Yes, in a few cases",
        "G3": ["Delay", "Transition gap at 18"],
        "G4-QKS": "Good",
        "G4-QXU": "No relationship yet",
        "G5": "A joint meeting every other week clears what is stuck.",
        "G6": "Two boards at once for some families.",
        "G7": "Yes",
    },
}

KEPT_TO_THE_COORDINATOR = ("service.manager@kent.example", "Pre-action letter", "Yes, in a few cases")
"""Answers to A1, C7 and G2: never read by another authority."""

SHARED = ("Works well in parts", "A named nurse answers questions within two days.", "3 to 6 months")
