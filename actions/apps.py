from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"
    verbose_name = "Action plan"

    def ready(self) -> None:
        from actions import answers, demo, figures, holdings, seed
        from network import registry

        registry.tasks_for.answer(answers.tasks_for)
        registry.nav_for.answer(answers.nav_for)
        registry.changes_for.answer(answers.changes_for)
        registry.follow_ups.answer(answers.follow_ups)
        registry.opens_with.answer(answers.opens_with)
        registry.doers_of.answer(answers.doers_of)
        registry.agenda_lines.answer(answers.agenda_lines)
        registry.organisation_panels.answer(answers.organisation_panels)
        registry.notes_agreed.answer(answers.notes_agreed)
        registry.holdings_of.answer(holdings.holdings_of)
        registry.open_at.answer(holdings.open_at)
        registry.told_of.answer(holdings.told_of)
        registry.belongings_of.answer(holdings.belongings_of)
        registry.own_records.answer(holdings.own_records)
        registry.retained.answer(holdings.retained)
        registry.figures.answer(figures.chapters)
        registry.reference_data.answer(seed.reference_data)
        registry.demonstration.answer(demo.demonstration)
