from django.apps import AppConfig


class FoiConfig(AppConfig):
    name = "foi"
    verbose_name = "FOI"

    def ready(self) -> None:
        from foi import answers, demo, figures, holdings, records, seed, tasks
        from network import registry

        registry.tasks_for.answer(answers.tasks_for)
        registry.nav_for.answer(answers.nav_for)
        registry.changes_for.answer(answers.changes_for)
        registry.agenda_lines.answer(answers.agenda_lines)
        registry.organisation_panels.answer(answers.organisation_panels)
        registry.due_work.answer(tasks.due_work)
        registry.holdings_of.answer(holdings.holdings_of)
        registry.open_at.answer(holdings.open_at)
        registry.told_of.answer(holdings.told_of)
        registry.own_records.answer(records.own_records)
        registry.retained.answer(records.retained)
        registry.figures.answer(figures.chapters)
        registry.reference_data.answer(seed.provide)
        registry.demonstration.answer(demo.demonstration)
