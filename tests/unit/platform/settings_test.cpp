#include "platform/settings.hpp"

#include "platform/http.hpp"
#include "platform/kafka/client.hpp"
#include "platform/log.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

enum class Speed { real, most };

// A program with one setting of every kind.
struct Program {
    std::uint16_t port = 9100;
    std::chrono::milliseconds linger = 5ms;
    ByteSize queue{64 << 20};
    double speed_factor = 1.5;
    Speed speed = Speed::real;
    bool json = false;
    Secret secret;
    std::vector<std::string> symbols{"SOL"};
    std::optional<std::int64_t> from;
    std::string url;
    std::vector<std::string> paths;

    Settings settings{"duel-example", "Shows settings."};
    SettingTable* run = nullptr;
    SettingTable* replay = nullptr;

    Program() {
        settings.add("--port", "EX_PORT", port, "port", "where", at_least(1));
        settings.add("--linger", "EX_LINGER", linger, "time", "how long", between(1ms, 1s));
        settings.add("--queue", "EX_QUEUE", queue, "bytes", "how much");
        settings.add("--factor", "EX_FACTOR", speed_factor, "", "how fast", between(0.5, 2.0));
        settings.add_choice(
            "--speed", "EX_SPEED", speed, "how", {{"real", Speed::real}, {"max", Speed::most}}
        );
        settings.add("--json", "EX_JSON", json, "", "for machines");
        settings.add("--secret", "EX_SECRET", secret, "text", "what nobody may see");
        settings.add("--symbols", "EX_SYMBOLS", symbols, "names", "which");
        run = &settings.command("run", "Runs.");
        run->add("--url", "EX_URL", url, "URL", "the database").required();
        run->add("--from", "EX_FROM", from, "offset", "where to begin");
        replay = &settings.command("replay", "Replays.");
        replay->add_argument("PATH", paths, "event files").required();
    }

    std::map<std::string, std::string> environment;

    std::optional<std::string> read(const std::vector<std::string>& arguments) {
        return settings.read(arguments, [this](const std::string& name) {
            auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        });
    }

    std::string refusal(const std::vector<std::string>& arguments) {
        try {
            read(arguments);
        } catch (const SettingError& error) {
            return error.what();
        }
        return "accepted";
    }
};

std::string written(const std::string& text) {
    auto path = std::filesystem::temp_directory_path() /
                ("duel-settings-" + std::to_string(getpid()) + ".toml");
    std::ofstream(path) << text;
    return path.string();
}

}  // namespace

TEST_CASE("a flag wins over the environment, the environment over the file", "[settings]") {
    std::string file =
        written("port = 1\nlinger = '10ms'\nfactor = 0.5\n[run]\nurl = 'from file'\n");
    Program program;
    program.environment = {{"EX_PORT", "2"}, {"EX_LINGER", "20ms"}};
    program.read({"--config", file, "run", "--port", "3"});
    REQUIRE(program.port == 3);
    REQUIRE(program.linger == 20ms);
    REQUIRE(program.speed_factor == 0.5);
    REQUIRE(program.url == "from file");
    REQUIRE(program.queue.bytes == 64 << 20);
    REQUIRE(program.run->chosen());
    REQUIRE_FALSE(program.replay->chosen());
}

TEST_CASE("every kind of value is read from its text", "[settings]") {
    Program program;
    program.read(
        {"run",
         "--url=u",
         "--from",
         "-2",
         "--queue",
         "16kB",
         "--linger",
         "1s",
         "--speed",
         "max",
         "--json",
         "--symbols",
         "A,B",
         "--symbols",
         "C",
         "--secret",
         "s3cret"}
    );
    REQUIRE(program.from == -2);
    REQUIRE(program.queue.bytes == 16'384);
    REQUIRE(program.linger == 1s);
    REQUIRE(program.speed == Speed::most);
    REQUIRE(program.json);
    REQUIRE(program.symbols == std::vector<std::string>{"A", "B", "C"});
    REQUIRE(program.secret.value == "s3cret");
}

TEST_CASE("a switch takes no word that follows it", "[settings]") {
    Program program;
    program.read({"replay", "--json", "a.jsonl", "b.jsonl"});
    REQUIRE(program.json);
    REQUIRE(program.paths == std::vector<std::string>{"a.jsonl", "b.jsonl"});

    Program off;
    off.environment = {{"EX_JSON", "on"}};
    off.read({"replay", "--json=off", "a.jsonl"});
    REQUIRE_FALSE(off.json);
}

TEST_CASE("a wrong value is refused with name, value, origin and what is allowed", "[settings]") {
    Program program;
    program.environment = {{"EX_URL", "u"}};
    CHECK(
        program.refusal({"run", "--port", "70000"}) ==
        "--port: \"70000\" from the command line is not allowed; "
        "wanted a whole number from 1 to 65535"
    );
    CHECK(
        program.refusal({"run", "--linger", "2s"}) ==
        "--linger: \"2s\" from the command line is not allowed; "
        "wanted a time such as 250ms, 5s, 2m or 1h from 1ms to 1s"
    );
    CHECK(
        program.refusal({"run", "--speed", "slow"}) ==
        "--speed: \"slow\" from the command line is not allowed; wanted one of real, max"
    );
    program.environment["EX_FACTOR"] = "fast";
    CHECK(
        program.refusal({"run"}) ==
        "--factor: \"fast\" from the environment's EX_FACTOR is not allowed; "
        "wanted a number from 0.5 to 2"
    );
}

TEST_CASE("whole numbers are read whole", "[settings]") {
    for (std::string wrong : {"", "+1", "1.0", "1e3", " 1", "0x10", "-1", "0"}) {
        Program program;
        program.environment = {{"EX_URL", "u"}};
        INFO(wrong);
        REQUIRE(program.refusal({"run", "--port=" + wrong}) != "accepted");
    }
}

TEST_CASE("what the file has and the program does not is refused by line", "[settings]") {
    std::string file = written("port = 1\n\nprot = 2\n");
    Program program;
    REQUIRE(
        program.refusal({"--config", file, "replay", "x"}) ==
        file + ":3: unknown setting prot; --help lists what there is"
    );
    file = written("[run]\nurll = 'u'\n");
    REQUIRE(
        program.refusal({"--config", file, "replay", "x"}) ==
        file + ":2: unknown setting run.urll; --help lists what there is"
    );
    file = written("port = \n");
    REQUIRE(program.refusal({"--config", file, "replay", "x"}).starts_with(file + ":1: "));
    REQUIRE(
        program.refusal({"--config", "/nowhere.toml", "replay", "x"}) ==
        "--config: /nowhere.toml: No such file or directory"
    );
    file = written("port = 70000\n");
    REQUIRE(
        program.refusal({"--config", file, "replay", "x"}) ==
        "--port: \"70000\" from " + file +
            ":1 is not allowed; wanted a whole number from 1 to 65535"
    );
    file = written("symbols = ['A', 'B']\njson = true\n");
    program.read({"--config", file, "replay", "x"});
    REQUIRE(program.symbols == std::vector<std::string>{"A", "B"});
    REQUIRE(program.json);
}

TEST_CASE("missing commands, settings and unknown flags are refused", "[settings]") {
    Program program;
    CHECK(program.refusal({}) == "a command is missing; wanted one of run, replay");
    CHECK(program.refusal({"run"}) == "--url (EX_URL) is required: the database (URL)");
    CHECK(program.refusal({"replay"}) == "PATH is required: event files");
    CHECK(program.refusal({"run", "--bogus", "1"}).starts_with("unknown argument --bogus 1;"));
    CHECK(program.refusal({"walk"}).starts_with("unknown argument walk;"));
}

TEST_CASE("arguments are told apart by their place", "[settings]") {
    Settings settings{"duel-example", "Shows settings."};
    Speed speed = Speed::real;
    std::optional<std::int64_t> place;
    SettingTable& run = settings.command("run", "Runs.");
    run.add_choice(
           "SPEED", "", speed, "how", {{"real", Speed::real}, {"max", Speed::most}}
    ).is_argument = true;
    run.add_argument("PLACE", place, "where");
    const auto nothing = [](const std::string&) { return std::nullopt; };
    settings.read({"run"}, nothing);
    REQUIRE((speed == Speed::real && !place));
    settings.read({"run", "max", "17"}, nothing);
    REQUIRE((speed == Speed::most && place == 17));
    REQUIRE_THROWS_WITH(
        settings.read({"run", "max", "17", "18"}, nothing), Catch::Contains("unknown argument 18")
    );
}

TEST_CASE("help lists every setting with default, unit and environment", "[settings]") {
    Program program;
    std::string help = program.read({"run", "--help"}).value();
    for (std::string line :
         {"usage: duel-example run [settings]",
          "--url   required  URL     EX_URL",
          "      the database",
          "--linger   5ms      time      EX_LINGER",
          "--queue    64MB     bytes     EX_QUEUE",
          "--speed    real     real|max  EX_SPEED",
          "--secret   not set"}) {
        INFO(help);
        INFO(line);
        CHECK(help.find(line) != std::string::npos);
    }
    REQUIRE(program.read({"--version"}).value().starts_with("duel-example "));
}

TEST_CASE("a secret is never printed", "[settings]") {
    Program program;
    program.secret.value = "s3cret";
    REQUIRE(program.read({"--help"}).value().find("s3cret") == std::string::npos);
    program.read({"run", "--url", "u", "--secret", "s3cret"});
    std::string summary = program.settings.summary();
    INFO(summary);
    REQUIRE(summary.find("s3cret") == std::string::npos);
    REQUIRE(summary.find("secret=set") != std::string::npos);
    REQUIRE(summary.find("url=u") != std::string::npos);
}

TEST_CASE("settings that all programs have are offered once", "[settings]") {
    Settings settings("duel-example", "Shows settings.");
    LogSettings log;
    HttpSettings http;
    KafkaSettings kafka;
    offer(settings, log);
    offer(settings, http, "EX_METRICS_PORT");
    offer(settings, kafka);
    auto none = [](const std::string&) { return std::optional<std::string>(); };
    settings.read(
        {"--log-level=debug", "--metrics-port", "0", "--kafka-option", "linger.ms=1"}, none
    );
    REQUIRE(log.level == LogSettings::Level::debug);
    REQUIRE(kafka.options == std::vector<std::string>{"linger.ms=1"});
    REQUIRE_THROWS_WITH(
        settings.read({"--kafka-option", "lingger.ms=1"}, none),
        Catch::Contains("No such configuration property: \"lingger.ms\"")
    );
}
