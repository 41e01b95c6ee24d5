"""ACLs of a Kafka. Debian's confluent_kafka cannot, the library below it can.

An ACL here is (user, operation, topic): what `kafka-acls.sh --add --allow-principal User:USER --operation OPERATION
--topic TOPIC` makes.
"""

import argparse
import ctypes
import json
import os
import pathlib
import re
import subprocess
import tempfile

TOPIC, LITERAL, ALLOW = 2, 3, 3   # of librdkafka's rdkafka.h
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
POINTERS = ("conf_new", "new", "AclBinding_new", "AclBindingFilter_new", "queue_new", "queue_poll", "event_CreateAcls_result",
            "CreateAcls_result_acls", "acl_result_error", "event_DeleteAcls_result", "DeleteAcls_result_responses",
            "DeleteAcls_result_response_error", "DeleteAcls_result_response_matching_acls")
pointer = ctypes.c_void_p


class Acls:
    """Changes them as the client with these properties."""

    def __init__(self, properties):
        self.kafka = ctypes.CDLL("librdkafka.so.1")
        for name in POINTERS:
            getattr(self.kafka, f"rd_kafka_{name}").restype = pointer
        conf = self.kafka.rd_kafka_conf_new()
        for name, value in properties.items():
            self.kafka.rd_kafka_conf_set(pointer(conf), name.encode(), value.encode(), None, 0)
        self.client = pointer(self.kafka.rd_kafka_new(0, pointer(conf), None, 0))
        self.queue = pointer(self.kafka.rd_kafka_queue_new(self.client))

    def close(self):
        self.kafka.rd_kafka_queue_destroy(self.queue)
        self.kafka.rd_kafka_destroy(self.client)

    def allow(self, acls):
        event = self.ask("CreateAcls", "AclBinding", acls)
        count = ctypes.c_size_t()
        answers = self.kafka.rd_kafka_CreateAcls_result_acls(pointer(self.kafka.rd_kafka_event_CreateAcls_result(event)), ctypes.byref(count))
        for answer in (pointer * count.value).from_address(answers):
            assert not self.kafka.rd_kafka_acl_result_error(pointer(answer)), "an ACL was refused"

    def take_away(self, acl):
        event = self.ask("DeleteAcls", "AclBindingFilter", [acl])
        count = ctypes.c_size_t()
        result = pointer(self.kafka.rd_kafka_event_DeleteAcls_result(event))
        answers = self.kafka.rd_kafka_DeleteAcls_result_responses(result, ctypes.byref(count))
        [answer] = (pointer * count.value).from_address(answers)
        self.kafka.rd_kafka_DeleteAcls_result_response_matching_acls(pointer(answer), ctypes.byref(count))
        assert count.value == 1, f"{acl} was not there"

    def ask(self, request, binding, acls):
        reason = ctypes.create_string_buffer(512)
        made = [getattr(self.kafka, f"rd_kafka_{binding}_new")(TOPIC, topic.encode(), LITERAL, f"User:{user}".encode(), b"*",
                                                               OPERATIONS[operation], ALLOW, reason, ctypes.c_size_t(512))
                for user, operation, topic in acls]
        assert all(made), reason.value
        getattr(self.kafka, f"rd_kafka_{request}")(self.client, (pointer * len(made))(*made), ctypes.c_size_t(len(made)), None, self.queue)
        event = pointer(self.kafka.rd_kafka_queue_poll(self.queue, 20000))
        assert event and self.kafka.rd_kafka_event_error(event) == 0, f"{request} failed"
        return event


def acls_of_page(page):
    """What the commands of a page give: they run as they are written, with a kafka-acls.sh that notes what it is told."""
    [block] = [block for block in re.findall(r"^```sh\n(.*?)^```$", page, re.M | re.S) if "kafka-acls.sh" in block]
    with tempfile.TemporaryDirectory() as folder:
        notes, command = pathlib.Path(folder, "notes"), pathlib.Path(folder, "kafka-acls.sh")
        command.write_text(f"#!/usr/bin/python3\nimport json, sys\nprint(json.dumps(sys.argv[1:]), file=open({str(notes)!r}, 'a'))\n")
        command.chmod(0o755)
        subprocess.run(["bash", "-euc", block], check=True, env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"})
        told = [json.loads(line) for line in notes.read_text().splitlines()]
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for flag in ("--bootstrap-server", "--command-config", "--allow-principal"):
        parser.add_argument(flag, required=True)
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--operation", action="append", required=True)
    parser.add_argument("--topic", action="append", required=True)
    wanted = [parser.parse_args(words) for words in told]
    return [(rule.allow_principal.removeprefix("User:"), operation, topic)
            for rule in wanted for operation in rule.operation for topic in rule.topic]
