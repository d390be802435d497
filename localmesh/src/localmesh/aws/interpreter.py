"""The state machine interpreter: it acts in the state machine's role, and names Lambda's errors as AWS does."""

import functools
import json
import threading
from types import SimpleNamespace
from typing import Any

from localmesh.aws import moto, principals
from localmesh.clock import clock
from localmesh.web import LOOPBACK

_PARSER = "moto.stepfunctions.parser"
_CONNECTIONS = 1000


def install(port: int, retry_seconds: float | None = None, retries: int | None = None) -> None:
    """Corrects moto.

    Args:
        port: of the AWS endpoint.
        retry_seconds: the longest pause before a state is tried again; None: as long as its `Retry` says.
        retries: how often a state is tried again at most, for each rule of its `Retry`; None: as often as that says.
    """
    states = f"{_PARSER}.asl.component.state.exec.state_task"
    _clients(moto.module(f"{states}.lambda_eval_utils"), port)
    _errors(moto.module(f"{states}.service.state_task_service_lambda").StateTaskServiceLambda)
    _errors(moto.module(f"{states}.state_task_lambda").StateTaskLambda)
    _parse_once(moto.module(f"{_PARSER}.backend.execution_worker"))
    _follow_the_clock(retry_seconds)
    if retries is not None:
        _try_again_less(moto.module(f"{_PARSER}.asl.component.common.retry.max_attempts_decl").MaxAttemptsDecl, retries)


def _follow_the_clock(most_seconds: float | None) -> None:
    # What runs takes the time that it takes: a task's time-out measures that. What waits, waits for the mesh's time.
    # Whoever has read in the history that it waits may move the clock before it does: it has waited since it said so.
    retrier: Any = moto.module(f"{_PARSER}.asl.component.common.retry.retrier_decl")
    waiting: Any = moto.module(f"{_PARSER}.asl.component.state.wait.wait_function.wait_function").WaitFunction
    until: Any = moto.module(f"{_PARSER}.asl.component.state.wait.wait_function.timestamp").Timestamp
    program: Any = moto.module(f"{_PARSER}.asl.component.program.program")
    history: Any = moto.module(f"{_PARSER}.asl.eval.event.event_manager").EventManager
    here: Any = threading.local()

    @moto.correct(history, "add_event")
    def _add_event(original: Any, self: Any, *given: Any, **options: Any) -> Any:
        self.said_at = clock.seconds()
        return original(self, *given, **options)

    @moto.correct(retrier.RetrierDecl, "_eval_body")
    def _retry(original: Any, self: Any, env: Any) -> None:
        here.failed_at = env.event_manager.said_at
        original(self, env)

    def pause(seconds: float) -> None:
        # `IntervalSeconds` is a whole number, at least 1, so a definition cannot ask for less.
        clock.sleep(seconds if most_seconds is None else min(float(seconds), most_seconds), here.failed_at)

    retrier.time = SimpleNamespace(sleep=pause)

    def wait_interval(self: Any, env: Any, wait_seconds: float) -> None:
        # How long it is until a moment has been counted from now.
        since = None if isinstance(self, until) else env.event_manager.said_at
        # What stops an execution sets the event and clears it at once.
        clock.wait(env.program_state_event, wait_seconds, env.is_running, since=since)

    waiting._wait_interval = wait_interval
    program.threading = SimpleNamespace(Thread=_ProgramThread)


class _ProgramThread(threading.Thread):
    """Runs an execution; the time-out of its state machine is the longest that anybody waits for it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._over = threading.Event()
        # Not since `join`, which comes when it runs already.
        self._since = clock.seconds()

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._over.set()

    def join(self, timeout: float | None = None) -> None:
        if timeout is None or clock.wait(self._over, timeout, since=self._since):
            super().join()


def _try_again_less(kind: Any, most: int) -> None:
    @moto.correct(kind, "__init__")
    def _init(original: Any, self: Any, attempts: int = kind.DEFAULT_ATTEMPTS) -> None:
        original(self, min(attempts, most))


def _clients(evaluation: Any, port: int) -> None:
    boto3: Any = moto.module("boto3")
    config: Any = moto.module("botocore.config").Config

    @functools.cache
    def client(service: str, region: str, role: str) -> Any:
        credentials = principals.service_credentials(role, "StepFunctions")
        return boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=f"http://{LOOPBACK}:{port}",
            aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=credentials["AWS_SESSION_TOKEN"],
            config=config(
                retries={"total_max_attempts": 1},
                read_timeout=1000,
                max_pool_connections=_CONNECTIONS,
                parameter_validation=False,
                # The interpreter's task is what may be stopped, not the call.
                tcp_keepalive=False,
            ),
        )

    making = threading.Lock()

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        """Moto makes a client for each call, with credentials that may do everything."""
        # Of hundreds of executions that start at once, one makes the client: each client made is 5 MB of descriptions.
        with making:
            return client(service, region, str(state_credentials.role_arn))

    evaluation.boto_client_for = boto_client_for


def _errors(task: Any) -> None:
    evaluation = moto.module(f"{_PARSER}.asl.component.state.exec.state_task.lambda_eval_utils")
    exceptions = moto.module("botocore.exceptions")

    @moto.correct(task, "_from_error")
    def _from_error(original: Any, self: Any, env: Any, ex: Exception) -> Any:
        if isinstance(ex, exceptions.HTTPClientError | exceptions.ConnectionError):
            error = {"Code": "SdkClientException", "Message": str(ex)}
            metadata = {"HTTPStatusCode": 500, "RequestId": "none"}
            ex = exceptions.ClientError({"Error": error, "ResponseMetadata": metadata}, "Invoke")
        if not isinstance(ex, evaluation.LambdaFunctionErrorException):
            return original(self, env, ex)
        payload: str = getattr(ex, "payload", "")
        if _has_type(payload):
            return original(self, env, ex)
        unknown = evaluation.LambdaFunctionErrorException("Unhandled", json.dumps({"errorType": "Lambda.Unknown"}))
        event = original(self, env, unknown)
        details = next(iter(event.event_details.values()))
        details["cause"] = (
            "The cause could not be determined because Lambda did not return an error type. "
            f"Returned payload: {payload}"
        )
        return event


def _has_type(payload: str) -> bool:
    try:
        answer = json.loads(payload)
    except ValueError:
        return False
    return isinstance(answer, dict) and "errorType" in answer


def _parse_once(worker: Any) -> None:
    # moto parses the definition anew for every execution, which takes longer than all the rest of a short one. The
    # parsed program keeps its counters in each execution's own environment, save in maps.
    parser: Any = worker.AmazonStateLanguageParser
    parsed = functools.lru_cache(maxsize=64)(parser.parse)

    class _Parser:
        @staticmethod
        def parse(definition: str) -> Any:
            return parser.parse(definition) if '"Map"' in definition else parsed(definition)

    worker.AmazonStateLanguageParser = _Parser
