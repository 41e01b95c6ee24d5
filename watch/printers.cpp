#include "watch/printers.hpp"

#include "watch/narrate.hpp"
#include "watch/show.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace duel::watch {
namespace {

std::string now_text() {
    return fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr)));
}

class JsonPrinter final : public Printer {
    void show(std::string_view text, const Message* /*message*/) override {
        print(std::string{text} + "\n");
    }
};

// The mirror is kept to notice diffs that do not fit.
class LinePrinter final : public Printer {
    void show(std::string_view text, const Message* message) override {
        const auto line = message ? narrate(*message) : clean(text);
        print(fmt::format("{} {}\n", now_text(), line));
        if (!message) return;
        if (const auto wrong = mirror_.apply(*message)) on_fault(*wrong);
    }
    Mirror mirror_;
};

// What the terminal shows is replaced in place; elsewhere a line says what changed, once a second.
class BoardPrinter final : public Printer {
public:
    explicit BoardPrinter(const Options& options)
        : contest_(options.endpoints[0].channels[0]), hints_(options.hints) {
        if (on_terminal_) print("\x1b[?25l\x1b[2J");  // hide the cursor, clear
    }

    void tick() override {
        if (!changed_) return;
        on_terminal_ ? redraw() : add_line();
    }

    void finish() override {
        tick();
        if (on_terminal_) print("\x1b[?25h");
    }

private:
    void show(std::string_view /*text*/, const Message* message) override {
        if (!message) return;
        if (const auto wrong = mirror_.apply(*message)) on_fault(*wrong);
        const bool error = message->type == "ERROR";
        if (error) tell(error_sentence(*message));
        if (message->type == "SUBSCRIBED") service_.clear();  // told anew where it is not online
        if (message->type == "SERVER_STATUS_UPDATE") on_service(message->data());
        changed_ = changed_ || error || !message->channel.empty();
        if (!message->channel.empty()) connection_ = "live";
    }

    // Shown for as long as it is not online.
    void on_service(const Json& data) {
        service_ = fmt::format("service {}: {}", data.text("status"), data.text("message"));
        if (!on_terminal_) Printer::tell(service_);
        service_ = data.text("status") == "online" ? "" : clean(service_);
        changed_ = true;
    }

    void tell(std::string_view sentence) override {
        if (!on_terminal_) return Printer::tell(sentence);
        connection_ = clean(sentence);
        changed_ = true;
    }

    void redraw() {
        winsize size{};
        BoardLook look{true, 100, 40, connection_, hints_};
        if (!service_.empty()) look.hints.insert(look.hints.begin(), service_);
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
            look.width = size.ws_col;
            look.height = size.ws_row - 1U;  // the cursor stands on a line of its own
        }
        std::string screen = "\x1b[H";
        for (const char c : board_screen(mirror_, contest_, look)) {
            if (c == '\n') screen += "\x1b[K";  // clear what an older, longer line left
            screen += c;
        }
        print(screen + "\x1b[J");
        changed_ = false;
    }

    void add_line() {
        const auto now = std::chrono::steady_clock::now();
        const auto line = board_line(mirror_, contest_);
        if (line.empty() || now < next_line_) return;
        print(fmt::format("{} {}\n", now_text(), line));
        if (!hinted_) {
            for (const auto& hint : hints_)
                print(hint + "\n");
        }
        hinted_ = true;
        next_line_ = now + std::chrono::seconds{1};
        changed_ = false;
    }

    Mirror mirror_;
    std::string contest_;
    std::vector<std::string> hints_;
    std::string connection_ = "connecting";
    std::string service_;  // empty while it is online
    std::chrono::steady_clock::time_point next_line_{};
    bool on_terminal_ = isatty(STDOUT_FILENO) == 1;
    bool changed_ = true;
    bool hinted_ = false;
};

}  // namespace

void Printer::on_message(std::string_view text, const Message* message) {
    if (messages_ == most_) return;
    ++messages_;
    show(text, message);
    if (messages_ == most_ && reached_) reached_();
}

void Printer::limit(std::uint64_t most, std::function<void()> reached) {
    most_ = most;
    reached_ = std::move(reached);
}

void Printer::on_notice(std::string_view sentence) {
    tell(sentence);
}

void Printer::on_fault(std::string_view sentence) {
    ++faults_;
    tell(sentence);
}

void Printer::tell(std::string_view sentence) {
    fmt::print(stderr, "duel-watch: {}\n", clean(sentence));
}

void Printer::print(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (!written || std::fflush(stdout) != 0) deaf_ = true;
}

std::unique_ptr<Printer> make_printer(const Options& options) {
    switch (options.form) {
        case Form::json:
            return std::make_unique<JsonPrinter>();
        case Form::board:
            return std::make_unique<BoardPrinter>(options);
        case Form::lines:
            break;
    }
    return std::make_unique<LinePrinter>();
}

}  // namespace duel::watch
