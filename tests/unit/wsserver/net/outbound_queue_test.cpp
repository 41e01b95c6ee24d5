#include "wsserver/net/outbound_queue.hpp"

#include <catch2/catch.hpp>

using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

namespace {

using Change = OutboundQueue::Change;

constexpr std::size_t kRecord = 16'384;

OutboundQueue::Item item(std::size_t bytes, char fill = 'x') {
    auto message = std::make_shared<Message>();
    message->text.assign(bytes, fill);
    return {message};
}

// Takes once; how many messages went whole, and what came of it.
std::pair<int, Change> take(OutboundQueue& queue, std::string& out, std::size_t most = kRecord) {
    int whole = 0;
    const auto change = queue.take(out, most, [&](const OutboundQueue::Item&) { ++whole; });
    return {whole, change};
}

}  // namespace

TEST_CASE("a queue tells when a client falls behind and when it has caught up", "[queue]") {
    OutboundQueue queue{{.soft_bytes = 100, .hard_bytes = 1'000}};
    REQUIRE(queue.push(item(60)) == Change::none);
    REQUIRE(queue.push(item(60)) == Change::congested);
    REQUIRE(queue.push(item(60)) == Change::none);
    std::string out;
    REQUIRE(take(queue, out, 62) == std::pair{1, Change::none});
    REQUIRE(take(queue, out) == std::pair{2, Change::drained});
    REQUIRE(out.size() == std::size_t{3} * 62);
    REQUIRE(queue.push(item(900)) == Change::congested);
    REQUIRE(queue.push(item(200)) == Change::overflowed);
}

TEST_CASE("one message of any size fits into an empty queue", "[queue]") {
    OutboundQueue queue{{.soft_bytes = 100, .hard_bytes = 1'000}};
    REQUIRE(queue.push(item(5'000)) == Change::congested);
}

TEST_CASE("a message leaves in pieces and is whole at its last byte", "[queue]") {
    for (const std::size_t size : {0, 125, 126, 65'535, 65'536, 100'000}) {
        for (const std::size_t most : {1, 7, 1'000, 16'384}) {
            OutboundQueue queue{{}};
            queue.push(item(size, 'a'));
            queue.push(item(1, 'b'));
            std::string all;
            int whole = 0;
            while (!queue.empty()) {
                std::string out;
                whole += take(queue, out, most).first;
                REQUIRE(out.size() <= most);
                all += out;
            }
            std::string wanted;
            append_frame(wanted, FrameHead::kText, std::string(size, 'a'));
            append_frame(wanted, FrameHead::kText, "b");
            REQUIRE(whole == 2);
            REQUIRE(all == wanted);
            REQUIRE(queue.bytes() == 0);
        }
    }
}

TEST_CASE("what is given up leaves a frame that was begun", "[queue]") {
    OutboundQueue queue{{}};
    queue.push(item(100));
    queue.push(item(100));
    std::string out;
    take(queue, out, 50);
    REQUIRE_FALSE(queue.at_frame());
    queue.clear();
    REQUIRE(queue.bytes() == 100);
    take(queue, out);
    REQUIRE(out.size() == 102);
    REQUIRE((queue.empty() && queue.at_frame()));

    queue.push(item(100));
    queue.clear();
    REQUIRE((queue.empty() && queue.bytes() == 0));
}

TEST_CASE("a close frame holds as much of its reason as fits, whole characters", "[queue]") {
    std::string frame;
    append_close(frame, 4408, "slow");
    REQUIRE(frame == std::string("\x88\x06\x11\x38slow"));
    std::string reason(122, 'x');
    reason += "\xC3\xA9";  // its second byte would be the 124th
    frame.clear();
    append_close(frame, 1000, reason);
    REQUIRE(frame.size() == kMostCloseBytes - 1);
    REQUIRE(frame.substr(4) == std::string(122, 'x'));
}
