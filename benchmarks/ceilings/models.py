from django.db import models


class Stored(models.Model):
    body = models.JSONField()

    def __str__(self) -> str:
        return f"Stored {self.pk}"
