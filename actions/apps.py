from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"
    verbose_name = "Action plan"

    def ready(self) -> None:
        from actions import answers, demo, figures, seed
        from network import registry

        registry.tasks_for.answer(answers.tasks_for)
        registry.nav_for.answer(answers.nav_for)
        registry.changes_for.answer(answers.changes_for)
        registry.follow_ups.answer(answers.follow_ups)
        registry.agenda_lines.answer(answers.agenda_lines)
        registry.organisation_panels.answer(answers.organisation_panels)
        registry.notes_agreed.answer(answers.notes_agreed)
        registry.figures.answer(figures.chapters)
        registry.reference_data.answer(seed.reference_data)
        registry.demonstration.answer(demo.demonstration)
