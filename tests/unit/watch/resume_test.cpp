#include "watch/resume.hpp"

#include "tests/unit/watch/messages.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using duel::watch::Resume;
namespace made = duel::watch::made;

namespace {

const std::string kC = "contest:c1";

// What is found wrong, one a line; empty when all is well.
std::string findings(Resume& resume, const std::vector<std::string>& messages) {
    std::string out;
    for (const auto& text : messages) {
        if (const auto wrong = resume.accept(made::read(text))) out += *wrong + "\n";
    }
    return out;
}

std::string findings(const std::vector<std::string>& messages) {
    Resume resume;
    return findings(resume, messages);
}

std::vector<std::string> all_cursors(const Resume& resume) {
    return resume.cursors([](std::string_view) { return true; });
}

}  // namespace

TEST_CASE("events that follow one another are fine, with states between them", "[resume]") {
    REQUIRE(findings({made::subscribed(kC, 10),
                      made::state(kC, 10),
                      made::event(kC, 9, 11),
                      made::event(kC, 11, 14),
                      made::state(kC, 20),
                      made::state(kC, 20),
                      made::event(kC, 14, 21)})
                .empty());
}

TEST_CASE("a gap names the event and the newest one received", "[resume]") {
    REQUIRE(
        findings({made::subscribed(kC, 10), made::event(kC, 9, 11), made::event(kC, 12, 13)}) ==
        "contest:c1: gap: event 13 follows 12, but the newest received is 11\n"
    );
}

TEST_CASE("a gap before the first event shows against where the channel was joined", "[resume]") {
    REQUIRE(
        findings({made::subscribed(kC, 10), made::event(kC, 11, 12)}) ==
        "contest:c1: gap: event 12 follows 11, but the channel was joined at 10\n"
    );
    REQUIRE(
        findings({made::subscribed(kC, 10), made::event(kC, 7, 9)}) ==
        "contest:c1: event 9 came after the state at 10, which includes it\n"
    );
}

TEST_CASE("repeats and disorder are told apart", "[resume]") {
    const std::vector<std::string> start{
        made::subscribed(kC, 10), made::event(kC, 9, 11), made::event(kC, 11, 12)};
    const auto after = [&](const std::string& message) {
        auto messages = start;
        messages.push_back(message);
        return findings(messages);
    };
    REQUIRE(after(made::event(kC, 11, 12)) == "contest:c1: event 12 came twice\n");
    REQUIRE(
        after(made::event(kC, 9, 11)) ==
        "contest:c1: event 11 came after 12 (12 was already shown)\n"
    );
    REQUIRE(after(made::event(kC, 13, 13)) == "contest:c1: event 13 claims to follow 13\n");
    REQUIRE(
        after(made::state(kC, 11)) ==
        "contest:c1: CONTEST_UPDATED at 11 came after a message at 12\n"
    );
}

TEST_CASE("one fault is reported once", "[resume]") {
    REQUIRE(
        findings(
            {made::subscribed(kC, 10),
             made::event(kC, 9, 11),
             made::event(kC, 12, 13),
             made::event(kC, 13, 14)}
        ) == "contest:c1: gap: event 13 follows 12, but the newest received is 11\n"
    );
}

TEST_CASE("a replay continues the chain of the connection before", "[resume]") {
    Resume resume;
    findings(resume, {made::subscribed(kC, 10), made::event(kC, 9, 11), made::state(kC, 15)});
    REQUIRE(all_cursors(resume) == std::vector{made::cursor(kC, 15)});
    resume.connected();
    REQUIRE(
        findings(resume, {made::subscribed(kC, 15, "replayed"), made::event(kC, 11, 16)}).empty()
    );
    REQUIRE(resume.events() == 2);
}

TEST_CASE("a replay with a hole is a gap", "[resume]") {
    Resume resume;
    findings(resume, {made::subscribed(kC, 10), made::event(kC, 9, 11)});
    REQUIRE(
        findings(resume, {made::subscribed(kC, 11, "replayed"), made::event(kC, 12, 13)}) ==
        "contest:c1: gap: event 13 follows 12, but the newest received is 11\n"
    );
}

TEST_CASE("a snapshot starts a new chain, even in an older numbering", "[resume]") {
    Resume resume;
    findings(resume, {made::subscribed(kC, 1000), made::event(kC, 9, 1001)});
    REQUIRE(findings(resume, {made::subscribed(kC, 5, "snapshot"), made::event(kC, 3, 6)}).empty());
    REQUIRE(all_cursors(resume) == std::vector{made::cursor(kC, 6)});
}

TEST_CASE("a server that takes no notice of our cursor is at fault", "[resume]") {
    Resume resume;
    findings(resume, {made::subscribed(kC, 10), made::event(kC, 9, 11)});
    REQUIRE(
        findings(resume, {made::subscribed(kC, 20, "none")}) ==
        "contest:c1: the server took no notice of our cursor\n"
    );
}

TEST_CASE("channels do not mix", "[resume]") {
    REQUIRE(findings({made::event("portfolio:a", 0, 5),
                      made::event("portfolio:b", 0, 3),
                      made::event("portfolio:a", 5, 6),
                      made::event("portfolio:b", 3, 4),
                      R"({"type":"pong"})"})
                .empty());
}

TEST_CASE("states of another server may be behind those before the reconnect", "[resume]") {
    const std::string market = "market:SOL";
    Resume resume;
    findings(resume, {made::state(market, 50, "PRICE_UPDATED")});
    resume.connected();
    REQUIRE(findings(resume, {made::state(market, 40, "PRICE_UPDATED")}).empty());
}

TEST_CASE("only wanted cursors are given", "[resume]") {
    Resume resume;
    findings(resume, {made::state("market:SOL", 5), made::state("portfolio", 7)});
    REQUIRE(resume.cursors([](std::string_view channel) {
        return channel.starts_with("portfolio");
    }) == std::vector{made::cursor("portfolio", 7)});
}
