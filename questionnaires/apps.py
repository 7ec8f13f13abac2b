from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "questionnaires"
    verbose_name = "Questionnaires"

    def ready(self) -> None:
        """Answer the registry's questions."""
        from network import registry
        from questionnaires import demo, figures, holdings, providers

        registry.nav_for.answer(providers.nav_for)
        registry.tasks_for.answer(providers.tasks_for)
        registry.changes_for.answer(providers.changes_for)
        registry.tiles_for.answer(providers.tiles_for)
        registry.organisation_panels.answer(providers.organisation_panels)
        registry.due_work.answer(providers.due_work)
        registry.holdings_of.answer(holdings.holdings_of)
        registry.open_at.answer(holdings.open_at)
        registry.told_of.answer(holdings.told_of)
        registry.own_records.answer(holdings.own_records)
        registry.retained.answer(holdings.retained)
        registry.reference_data.answer(providers.reference_data)
        registry.figures.answer(figures.chapters)
        registry.demonstration.answer(demo.parts)
