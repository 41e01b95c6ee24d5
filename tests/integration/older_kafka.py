"""Apache Kafka of the line before 4, from Maven Central as the other one.

Kafka 4 takes SCRAM only from librdkafka 2.6.1 and later; Debian 12 has 2.0.2, whose SCRAM this one still takes.
"""

import fcntl
import shutil
import subprocess

from stack import ROOT

VERSION = "3.9.1"
LIBS = ROOT / f"var/kafka/libs-{VERSION}"


def fetch():
    """The folder of its jars."""
    LIBS.parent.mkdir(parents=True, exist_ok=True)
    with open(LIBS.parent / f"lock-{VERSION}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not LIBS.is_dir():
            pom = LIBS.parent / f"pom-{VERSION}.xml"
            pom.write_text((ROOT / "stack/pom.xml").read_text().replace("<version>4.1.1</version>", f"<version>{VERSION}</version>"))
            part = LIBS.with_name(LIBS.name + ".new")
            shutil.rmtree(part, ignore_errors=True)
            words = ["mvn", "-B", "-q", "-f", pom, f"-Dmaven.repo.local={ROOT / 'var/m2'}", "dependency:copy-dependencies",
                     f"-DoutputDirectory={part}"]
            for attempt in range(3):
                done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
                if done.returncode == 0:
                    break
            assert done.returncode == 0, done.stdout[-2000:]
            part.rename(LIBS)
    return LIBS
