from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "cypcc_portal.reports"
    label = "reports"

    def ready(self) -> None:
        from cypcc_portal.reports import acts, answers, demo, records, tasks
        from network import registry

        registry.tasks_for.answer(answers.tasks_for)
        registry.nav_for.answer(answers.nav_for)
        registry.changes_for.answer(answers.changes_for)
        registry.fewer_readers.answer(acts.let_go)
        registry.told_for_good.answer(answers.told_for_good)
        registry.due_work.answer(tasks.due_work)
        registry.own_records.answer(records.own_records)
        registry.retained.answer(records.retained)
        registry.demonstration.answer(demo.demonstration)
