"""Runs the Lambda functions of LocalStack as child processes, without Docker.

A function gets a JVM of its own under the managed runtime's client, and a small server on loopback that speaks the
Runtime API (2018-06-01) to it. FV_MANAGED_RUNTIME names a folder with what the managed runtime has: `jdk`, and `lib`
with the client's jars. The function's code and its libraries are loaded by the client, as in the cloud.
"""

import json
import os
import platform
import queue
import shutil
import subprocess
import tempfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

MANAGED = Path(os.environ["FV_MANAGED_RUNTIME"])
CLIENT = "com.amazonaws.services.lambda.runtime.api.client"
ARCHITECTURE = "aarch_64" if platform.machine() == "aarch64" else "x86_64"
LONGEST_START_SECONDS = 60


class JavaFunctions(RuntimeExecutorPlugin):
    """What LAMBDA_RUNTIME_EXECUTOR=java chooses."""

    name = "java"

    def load(self, *args, **kwargs):
        return JavaExecutor


class JavaExecutor(RuntimeExecutor):
    """One environment of one version of a function: a sandbox that is started again after it has ended."""

    def __init__(self, id, function_version):
        super().__init__(id, function_version)
        self.variables = {}
        self.sandbox = None

    @classmethod
    def prepare_version(cls, function_version):
        """Nothing yet: most functions of a deployment are never called, and their code need not be unpacked."""

    @classmethod
    def cleanup_version(cls, function_version):
        function_version.config.code.destroy_cached()

    def start(self, env_vars):
        self.variables = {name: str(value) for name, value in env_vars.items()}
        config = self.function_version.config
        if not (config.runtime or "").startswith("java"):
            raise StatusErrorException("Java only", failure("Runtime.Unsupported", f"{config.runtime} does not run here"))
        self.stop()
        config.code.prepare_for_execution()
        self.sandbox = Sandbox(config.handler, config.code.get_unzipped_code_location(), config.memory_size, self.variables)
        if fault := self.sandbox.fault_at_start():
            raise StatusErrorException("the function did not start", fault)

    def stop(self):
        if self.sandbox:
            self.sandbox.close()

    def invoke(self, payload):
        request_id, config = payload["invoke-id"], self.function_version.config
        began = time.monotonic()
        written = self.sandbox.written()
        try:
            if self.sandbox.is_over():
                self.start(self.variables)
                written = 0
            headers = {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
                "Lambda-Runtime-Trace-Id": payload["trace-id"],
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + config.timeout) * 1000)),
            }
            body, is_error = self.sandbox.call(headers, payload["payload"].encode(), config.timeout)
        except StatusErrorException as fault:
            body, is_error = fault.payload, True
        log = (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n"
            f"{self.get_logs()[written:]}"
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {(time.monotonic() - began) * 1000:.2f} ms\t"
            f"Memory Size: {config.memory_size} MB\n"
        )
        return InvocationResult(request_id, body, is_error=is_error, logs=log)

    def get_logs(self):
        return self.sandbox.log.read_text(errors="replace") if self.sandbox and self.sandbox.log.exists() else ""

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        """Where LocalStack's own containers report to. Nothing of ours calls it."""
        return "http://127.0.0.1:9"


class Sandbox:
    """A JVM and the server that it asks for events. It serves one at a time."""

    def __init__(self, handler, code, memory_megabytes, variables):
        self.folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
        self.log = self.folder / "log"
        self.events = queue.Queue()
        self.steps = queue.Queue()
        self.server = Server(("127.0.0.1", 0), RuntimeApi)
        self.server.sandbox = self
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()
        host, port = self.server.server_address
        # A file and not a pipe: what was written before the answer is there when the answer is.
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    MANAGED / "jdk/bin/java",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    f"-Xmx{memory_megabytes * 3 // 4}m",
                    "-Djava.net.preferIPv4Stack=true",
                    f"-Djava.io.tmpdir={self.folder}",
                    f"-D{CLIENT}.runtimeapi.NativeClient.JNI={self.native_library()}",
                    "--enable-native-access=ALL-UNNAMED",
                    "-classpath",
                    MANAGED / "lib/*",
                    f"{CLIENT}.AWSLambda",
                    handler,
                ],
                cwd=code,
                env=variables | {"LANG": "en_US.UTF-8", "LAMBDA_TASK_ROOT": str(code), "AWS_LAMBDA_RUNTIME_API": f"{host}:{port}"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        threading.Thread(target=self.await_end, daemon=True).start()

    def native_library(self):
        """The client would unpack it to one fixed file in /tmp, under the feet of another sandbox that starts."""
        library = self.folder / "libaws-lambda-jni.so"
        client = next(MANAGED.glob("lib/aws-lambda-java-runtime-interface-client-*.jar"))
        with zipfile.ZipFile(client) as jar:
            library.write_bytes(jar.read(f"jni/libaws-lambda-jni.linux-{ARCHITECTURE}.so"))
        return library

    def await_end(self):
        self.steps.put(("ended", "", self.process.wait()))

    def is_over(self):
        return self.process.poll() is not None

    def written(self):
        return len(self.log.read_text(errors="replace")) if self.log.exists() else 0

    def fault_at_start(self):
        """Why it does not ask for an event, or nothing."""
        match self.next_step(LONGEST_START_SECONDS):
            case ("asks", _, _):
                return None
            case ("error", _, body):
                return body
            case ("ended", _, code):
                return ended("", code)
            case _:
                return failure("Sandbox.Timedout", "the function did not ask for an event in time")

    def call(self, headers, payload, limit_seconds):
        """What the function answers, and whether that is an error."""
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        until = time.monotonic() + limit_seconds
        self.events.put((headers, payload))
        while True:
            match self.next_step(until - time.monotonic()):
                case ("answer", answered, body) if answered == request_id:
                    return body, False
                case ("error", answered, body) if answered == request_id:
                    return body, True
                case ("ended", _, code):
                    return ended(f"RequestId: {request_id} Error: ", code), True
                case None:
                    self.end()
                    late = f"RequestId: {request_id} Error: Task timed out after {limit_seconds:.2f} seconds"
                    return failure("Sandbox.Timedout", late), True

    def next_step(self, seconds):
        try:
            return self.steps.get(timeout=max(0, seconds))
        except queue.Empty:
            return None

    def end(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.end()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A JVM that is killed breaks its connection."""


class RuntimeApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The client delays its acknowledgements: together they cost 40 ms a call.
    disable_nagle_algorithm = True

    def do_GET(self):
        sandbox = self.server.sandbox
        sandbox.steps.put(("asks", "", b""))
        event = sandbox.events.get()
        if event is None:
            self.close_connection = True
        else:
            self.reply(200, *event)

    def do_POST(self):
        *_, request_id, what = self.path.split("/")
        self.server.sandbox.steps.put(("answer" if what == "response" else "error", request_id, self.body()))
        self.reply(202, {}, b"")

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """The function's own log says enough."""


def ended(prefix, code):
    return failure("Runtime.ExitError", f"{prefix}Runtime exited with exit status {code}")


def failure(kind, message):
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
