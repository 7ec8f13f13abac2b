from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    label = "network"
    verbose_name = "The network"

    def ready(self) -> None:
        from network import checks

        assert checks  # importing registers them
        _people()
        _account()
        _audit()
        _membership()
        _meetings()
        _governance()
        _library()


def _account() -> None:
    from allauth.account.signals import authentication_step_completed
    from django.contrib.auth.signals import user_logged_in

    from network import registry
    from network.account import again, answers

    registry.own_records.answer(answers.own_records)
    user_logged_in.connect(again.note_sign_in)
    authentication_step_completed.connect(again.note_sign_in)


def _audit() -> None:
    from network import audit, registry

    registry.due_work.answer(lambda: [audit.seal])


def _people() -> None:
    from network import registry
    from network.people import answers, demo, seed

    registry.reference_data.answer(seed.reference_data)
    registry.demonstration.answer(demo.demonstration)
    registry.nav_for.answer(answers.nav_for)
    registry.room_links.answer(answers.room_links)
    registry.own_records.answer(answers.own_records)


def _membership() -> None:
    from network import registry
    from network.membership import answers

    registry.room_links.answer(answers.room_links)


def _meetings() -> None:
    from network import registry
    from network.meetings import answers, demo, figures, seed

    registry.reference_data.answer(seed.reference_data)
    registry.demonstration.answer(demo.demonstration)
    registry.nav_for.answer(answers.nav_for)
    registry.tasks_for.answer(answers.tasks_for)
    registry.changes_for.answer(answers.changes_for)
    registry.due_work.answer(answers.due_work)
    registry.figures.answer(figures.chapters)
    registry.own_records.answer(answers.own_records)


def _governance() -> None:
    from network import registry
    from network.governance import answers, figures, seed

    registry.reference_data.answer(seed.reference_data)
    registry.nav_for.answer(answers.nav_for)
    registry.changes_for.answer(answers.changes_for)
    registry.figures.answer(figures.chapters)


def _library() -> None:
    from network import registry
    from network.library import answers, demo

    registry.demonstration.answer(demo.demonstration)
    registry.nav_for.answer(answers.nav_for)
    registry.changes_for.answer(answers.changes_for)
    registry.own_records.answer(answers.own_records)
