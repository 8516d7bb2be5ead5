"""What a job's exit code means for its task."""

import re
from datetime import timedelta

from airflow.sdk import RetryDecision, RetryPolicy

# In the message of the provider's hook; on Kubernetes it also gives the code of the driver's container, which is the job's.
_CODE = re.compile(r"(?:Error code|Kubernetes spark exit code) is: (\d+)")
_KINDS = {2: "bad configuration", 3: "bad input"}


class ExitCodes(RetryPolicy):
    """2 and 3 fail at once with the job's own sentence, 4 (stopped on request) is retried later, anything else as usual."""

    def __init__(self, stopped_delay_seconds: float = 600):
        self.stopped_delay_seconds = stopped_delay_seconds

    def evaluate(self, exception, try_number, max_tries, context=None):
        message = str(exception)
        codes = _CODE.findall(message)
        code = int(codes[-1]) if codes else None
        if code in _KINDS:
            # The job's last words, which may go on in further lines: how an output differs.
            starts = [match.start(1) for match in re.finditer(rf"(?:^|\s)(\S+: {_KINDS[code]}: )", message)]
            return RetryDecision.fail(" ".join(message[starts[-1] :].split()) if starts else _KINDS[code])
        if code == 4:
            return RetryDecision.retry(timedelta(seconds=self.stopped_delay_seconds), "stopped on request")
        return RetryDecision.default()

    def serialize(self):
        return {"stopped_delay_seconds": self.stopped_delay_seconds}

    @classmethod
    def deserialize(cls, data):
        return cls(**data)
