from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    label = "network"
    verbose_name = "The network"

    def ready(self) -> None:
        """Answer the registry's questions for the subjects of this floor."""
        from network import checks, registry
        from network.governance import answers as governance
        from network.governance import figures as decisions
        from network.governance import seed as terms
        from network.library import answers as library
        from network.library import demo as library_demo
        from network.meetings import answers as meetings
        from network.meetings import demo as meetings_demo
        from network.meetings import figures as attendance
        from network.meetings import seed as calendar
        from network.people import answers, demo, seed

        assert checks
        for question, provider in (
            (registry.reference_data, seed.reference_data),
            (registry.demonstration, demo.demonstration),
            (registry.nav_for, answers.nav_for),
            (registry.reference_data, calendar.reference_data),
            (registry.demonstration, meetings_demo.demonstration),
            (registry.nav_for, meetings.nav_for),
            (registry.tasks_for, meetings.tasks_for),
            (registry.changes_for, meetings.changes_for),
            (registry.due_work, meetings.due_work),
            (registry.figures, attendance.chapters),
            (registry.reference_data, terms.reference_data),
            (registry.nav_for, governance.nav_for),
            (registry.figures, decisions.chapters),
            (registry.demonstration, library_demo.demonstration),
            (registry.nav_for, library.nav_for),
            (registry.changes_for, library.changes_for),
        ):
            question.answer(provider)
