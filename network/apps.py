from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    label = "network"
    verbose_name = "The network"

    def ready(self) -> None:
        """Answer the registry's questions for the subjects of this floor."""
        from network import checks, registry
        from network.people import answers, demo, seed

        assert checks
        for question, provider in (
            (registry.reference_data, seed.reference_data),
            (registry.demonstration, demo.demonstration),
            (registry.nav_for, answers.nav_for),
        ):
            question.answer(provider)
