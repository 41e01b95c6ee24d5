#pragma once

#include "watch/board.hpp"
#include "watch/mirror.hpp"
#include "watch/options.hpp"
#include "watch/session.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace duel::watch {

// A listener that writes to standard output, and sentences about the connection to standard error.
class Printer : public Listener {
public:
    void on_message(std::string_view text, const Message* message) override;
    void on_notice(std::string_view sentence) override;
    void on_fault(std::string_view sentence) override;

    // Shows that many messages, then calls `reached` once and shows no more.
    void limit(std::uint64_t most, std::function<void()> reached);

    // Called about four times a second, for what is not printed at once.
    virtual void tick() {}
    // The last words, after everything has come to its end.
    virtual void finish() {}

    std::uint64_t messages() const { return messages_; }
    std::uint64_t faults() const { return faults_; }
    // Nobody reads standard output any more.
    bool is_deaf() const { return deaf_; }

protected:
    virtual void show(std::string_view text, const Message* message) = 0;
    virtual void tell(std::string_view sentence);
    // Writes and flushes.
    void print(std::string_view text);

private:
    std::uint64_t messages_ = 0;
    std::uint64_t faults_ = 0;
    bool deaf_ = false;
    std::uint64_t most_ = std::numeric_limits<std::uint64_t>::max();
    std::function<void()> reached_;
};

std::unique_ptr<Printer> make_printer(const Options& options);

}  // namespace duel::watch
