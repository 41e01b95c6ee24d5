#include "platform/http.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

using namespace duel::platform;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

// Everything that the server says to these bytes until it closes.
std::string answer(const HttpServer& server, const std::string& bytes) {
    boost::asio::io_context io;
    tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    boost::asio::write(socket, boost::asio::buffer(bytes));
    std::string text;
    boost::system::error_code ended;
    boost::asio::read(socket, boost::asio::dynamic_buffer(text), ended);
    return text;
}

std::string get(const HttpServer& server, const std::string& target) {
    return answer(server, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

std::string status(const std::string& response) {
    return response.substr(0, response.find("\r\n"));
}

std::string body(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
}

struct Page {
    Metrics metrics{"duel-example"};
    Health health;
    HttpServer server{HttpSettings{.any_port = true}, metrics, health};
};

}  // namespace

TEST_CASE("metrics come in Prometheus's text format", "[http]") {
    Page page;
    page.metrics.counter("duel_records_total", "Records read.", {{"topic", "a"}}).Increment(3);
    page.metrics.counter("duel_records_total", "Records read.", {{"topic", "b"}}).Increment();
    page.metrics.counter("duel_records_total", "Records read.", {{"topic", "a"}}).Increment();
    std::string response = get(page.server, "/metrics");
    REQUIRE(status(response) == "HTTP/1.1 200 OK");
    REQUIRE(response.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
    for (std::string line :
         {"# TYPE duel_records_total counter\n",
          "duel_records_total{topic=\"a\"} 4\n",
          "duel_records_total{topic=\"b\"} 1\n",
          "duel_build_info{program=\"duel-example\"} 1\n",
          "process_resident_memory_bytes ",
          "process_cpu_seconds_total "}) {
        INFO(line);
        CHECK(response.find(line) != std::string::npos);
    }
}

TEST_CASE("readiness is 503 with the reasons until every condition holds", "[http]") {
    Page page;
    page.health.set("kafka", false, "Connection refused");
    page.health.set("postgres", true);
    std::string response = get(page.server, "/readyz");
    REQUIRE(status(response) == "HTTP/1.1 503 Service Unavailable");
    REQUIRE(body(response) == R"({
  "ready": false,
  "conditions": [
    {
      "name": "kafka",
      "ok": false,
      "reason": "Connection refused"
    },
    {
      "name": "postgres",
      "ok": true
    }
  ]
}
)");
    page.health.set("kafka", true);
    REQUIRE(status(get(page.server, "/readyz")) == "HTTP/1.1 200 OK");
}

TEST_CASE("health is 503 naming the heartbeat that is late", "[http]") {
    Page page;
    REQUIRE(body(get(page.server, "/healthz")) == "alive\n");
    auto hung = page.health.heartbeat("shard contest/0", -1s);
    std::string response = get(page.server, "/healthz?verbose");
    REQUIRE(status(response) == "HTTP/1.1 503 Service Unavailable");
    REQUIRE(body(response) == "no heartbeat: shard contest/0 (silent for 0 s)\n");
    std::string ready = get(page.server, "/readyz");
    REQUIRE(status(ready) == "HTTP/1.1 503 Service Unavailable");
    REQUIRE(ready.find("shard contest/0 (silent for 0 s)") != std::string::npos);
}

TEST_CASE("HEAD gets the head alone; other methods and pages are refused", "[http]") {
    Page page;
    std::string head = answer(page.server, "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(status(head) == "HTTP/1.1 200 OK");
    REQUIRE(head.find("Content-Length: 6\r\n") != std::string::npos);
    REQUIRE(body(head).empty());
    std::string post = answer(page.server, "POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(status(post) == "HTTP/1.1 405 Method Not Allowed");
    REQUIRE(post.find("Allow: GET, HEAD\r\n") != std::string::npos);
    REQUIRE(status(get(page.server, "/")) == "HTTP/1.1 404 Not Found");
}

TEST_CASE("nonsense and endless headers only end their own connection", "[http]") {
    Page page;
    REQUIRE(answer(page.server, "\x16\x03\x01 no HTTP\r\n\r\n").empty());
    answer(page.server, "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
    REQUIRE(status(get(page.server, "/healthz")) == "HTTP/1.1 200 OK");
}

TEST_CASE("a port that is taken is named, with the setting to change it", "[http]") {
    Page page;
    HttpSettings settings{
        .port = page.server.port(), .port_setting = "--metrics-port (EX_METRICS_PORT)"};
    REQUIRE_THROWS_WITH(
        HttpServer(settings, page.metrics, page.health),
        "metrics port 127.0.0.1:" + std::to_string(page.server.port()) +
            ": Address already in use; change it by --metrics-port (EX_METRICS_PORT)"
    );
}

TEST_CASE("port 0 opens nothing", "[http]") {
    Metrics metrics("duel-example");
    Health health;
    HttpServer server(HttpSettings{}, metrics, health);
    REQUIRE(server.port() == 0);
}
