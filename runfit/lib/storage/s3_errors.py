"""What an S3 service may refuse. Apart from what else needs boto3: few processes do."""

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

S3_ERRORS = (BotoCoreError, ClientError, Boto3Error)
MISSING = {"404", "NoSuchKey"}


def is_missing(error: Exception) -> bool:
    """Whether the service says that there's no such file."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in MISSING
