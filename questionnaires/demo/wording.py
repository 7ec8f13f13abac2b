"""Invented answers in words, varied like nineteen authorities. None is about a real body or child."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, ...]] = {
    "B5": (
        "A named lead on each side and a fortnightly call. When either post is vacant, it slows at once.",
        "Clear on paper. In practice referrals wait for a nurse assessor, and nobody says how long.",
        "Joint training when it was launched helped a great deal. Newer staff have not had it.",
        "The forum meets often enough, but papers arrive late and decisions are put off to the next one.",
        "Works for children known to both services, less so for those who move in from another area.",
        "We agreed timescales but not what happens when they are missed.",
        "Team managers know whom to ring, and most disagreements are settled before the forum.",
    ),
    "C2": (
        "3; service manager, head of service, then director and ICB chief nurse.",
        "2; head of service, then the two directors together.",
        "3; the last step is an independent chair agreed by both.",
        "4 on paper, 2 in practice; the ICB’s executive nurse decides at the last.",
        "2; director of children’s services and ICB place director.",
    ),
    "E5": (
        "How to write the social care part of the assessment so that it stands up at the forum.",
        "A half day with the ICB on the ten care domains, using invented cases.",
        "When to refer, for front-line teams, in an hour and online.",
        "Who pays for what while a decision is awaited.",
        "Transition to adult services, together with adult social care.",
    ),
    "G5": (
        "A one-page referral guide for social workers, kept on our intranet and updated every term.",
        "We hold a short joint review before each forum, so that both sides know what is disputed.",
        "A shared tracker of referrals and decision dates, looked at together every month.",
        "Our SEND and continuing care panels share a coordinator, which has ended double assessments.",
        "Parents get one letter from both of us with the decision and the reasons.",
    ),
    "G6": (
        "We expect our contacts to change and have asked for a transition plan.",
        "Fewer boards to deal with should help, but the people who know the children may leave.",
        "Too early to say. Existing packages are to be honoured for a year.",
        "Local government reorganisation will split our caseload. Records need to follow the child.",
        "We are worried that local arrangements will be levelled down to the largest area’s.",
    ),
}

TEAMS = ("Disabled Children’s Service", "Commissioning", "SEND and Inclusion", "Children’s Resources")
JOBS = ("Service manager", "Commissioning manager", "Head of service", "Panel coordinator")

POLICY = """Continuing care for children: local procedure (demonstration)

1. Who this is for
2. How to refer
3. Who sits on the forum
4. Timescales from referral to decision
5. What happens when we do not agree
"""
