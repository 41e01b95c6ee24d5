"""A Kafka that asks who comes: one listener with passwords (SASL_SSL), one with client certificates (SSL), and ACLs.

Everything lies in one folder: the authority, certificates, the log. What nobody was allowed is refused; `admin` may do
everything, with its password or its certificate.
"""

import pathlib
import secrets
import shutil
import subprocess

import confluent_kafka.admin

from kafka_acls import Acls
from stack import ROOT, until

LIBS = ROOT / "var/kafka/libs"
JAVA = ["java", "-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData",
        f"-Dlog4j2.configurationFile={ROOT / 'stack/log4j2.properties'}", "-cp"]


def openssl(*words, text=None):
    done = subprocess.run(["openssl", *map(str, words)], input=text, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


class Authority:
    """Makes certificates; their keys are PKCS #8 in PEM, as Java and librdkafka read them."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        self.certificate = folder / "ca.crt"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj", "/CN=authority",
                "-keyout", folder / "ca.key", "-out", self.certificate)

    def issue(self, name, key_password=None):
        """(certificate, key) of somebody; servers are all called localhost."""
        certificate, key, request = (self.folder / f"{name}.{kind}" for kind in ("crt", "key", "csr"))
        lock = ["-aes256", "-pass", f"pass:{key_password}"] if key_password else []
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", *lock, "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request,
                *(["-passin", f"pass:{key_password}"] if key_password else []))
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "ca.key", "-days", 2,
                "-set_serial", secrets.randbits(64), "-extfile", "/dev/stdin", "-out", certificate, text="subjectAltName=DNS:localhost\n")
        return certificate, key


class SecuredKafka:
    """`users` have passwords, each a random one in `passwords`; they prove it by PLAIN or the mechanisms of `scram`."""

    def __init__(self, folder, first_port, users, libs=LIBS, scram=("SCRAM-SHA-512",)):
        self.java, self.scram = [*JAVA, f"{libs}/*"], scram
        self.folder = pathlib.Path(folder)
        self.password_port, self.certificate_port, self.controller_port = range(first_port, first_port + 3)
        self.passwords = {user: secrets.token_hex(12) for user in ("admin", *users)}
        self.brokers = f"localhost:{self.password_port}"
        self.certificate_brokers = f"localhost:{self.certificate_port}"
        self.log = self.folder / "kafka.log"

    def write_settings(self):
        certificate, key = self.authority.issue("broker")
        store = self.folder / "tls/broker.pem"
        store.write_text(key.read_text() + certificate.read_text())
        own = (ROOT / "stack/kafka.properties").read_text()
        own = "\n".join(line for line in own.splitlines() if not line.startswith(("listener.security", "inter.broker")))
        passwords = " ".join(f'user_{user}="{password}"' for user, password in self.passwords.items())
        scram = "\n".join(f"listener.name.password.{mechanism.lower()}.sasl.jaas.config="
                          "org.apache.kafka.common.security.scram.ScramLoginModule required;" for mechanism in self.scram)
        settings = self.folder / "server.properties"
        settings.write_text(f"""{own}
listeners=PASSWORD://127.0.0.1:{self.password_port},CERTIFICATE://127.0.0.1:{self.certificate_port},CONTROLLER://127.0.0.1:{self.controller_port}
advertised.listeners=PASSWORD://localhost:{self.password_port},CERTIFICATE://localhost:{self.certificate_port}
listener.security.protocol.map=PASSWORD:SASL_SSL,CERTIFICATE:SSL,CONTROLLER:SSL
inter.broker.listener.name=CERTIFICATE
controller.quorum.voters=1@localhost:{self.controller_port}
log.dirs={self.folder / 'data'}
ssl.keystore.type=PEM
ssl.keystore.location={store}
ssl.truststore.type=PEM
ssl.truststore.location={self.authority.certificate}
ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/
listener.name.password.ssl.client.auth=none
sasl.enabled.mechanisms={','.join(("PLAIN", *self.scram))}
listener.name.password.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {passwords};
{scram}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin;User:broker
""")
        return settings

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.authority = Authority(self.folder / "tls")
        settings = self.write_settings()
        scram = [word for user, password in self.passwords.items() for mechanism in self.scram
                 for word in ("--add-scram", f"{mechanism}=[name={user},password={password}]")]
        with self.log.open("w") as log:
            subprocess.run([*self.java, "kafka.tools.StorageTool", "format", "-t", "c2VjdXJlZC1rYWZrYS1kdQ", "-c", settings, *scram],
                           stdout=log, stderr=log, check=True)
            self.process = subprocess.Popen([*self.java, "kafka.Kafka", settings], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.admin = confluent_kafka.admin.AdminClient(self.client("admin") | {"log_level": 2})
        self.acls = Acls(self.client("admin") | {"log_level": "0"})
        until(self.answers, 60, lambda: f"Kafka is not ready:\n{self.log.read_text()[-3000:]}")
        return self

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return self.admin.list_topics(timeout=1).brokers
        except confluent_kafka.KafkaException:
            return False

    def __exit__(self, failure, *_):
        self.acls.close()
        self.process.terminate()
        self.process.wait(30)
        if failure is None:
            shutil.rmtree(self.folder / "data", ignore_errors=True)

    def client(self, user):
        """What a client of librdkafka needs to be that user."""
        return {"bootstrap.servers": self.brokers, "security.protocol": "SASL_SSL", "sasl.mechanisms": "PLAIN",
                "ssl.ca.location": str(self.authority.certificate), "sasl.username": user, "sasl.password": self.passwords[user]}

    def settings(self, user):
        """The same for a program of Duelcast: with the user's password."""
        return {"DUEL_KAFKA": self.brokers, "DUEL_KAFKA_PROTOCOL": "SASL_SSL", "DUEL_KAFKA_CA": str(self.authority.certificate),
                "DUEL_KAFKA_SASL_MECHANISM": "PLAIN", "DUEL_KAFKA_USER": user, "DUEL_KAFKA_PASSWORD": self.passwords[user]}

    def certificate_settings(self, user):
        """The same with a client certificate, whose key has a password."""
        certificate, key = self.authority.issue(user, key_password="locked")
        return {"DUEL_KAFKA": self.certificate_brokers, "DUEL_KAFKA_PROTOCOL": "SSL", "DUEL_KAFKA_CA": str(self.authority.certificate),
                "DUEL_KAFKA_CERT": str(certificate), "DUEL_KAFKA_KEY": str(key), "DUEL_KAFKA_KEY_PASSWORD": "locked"}
