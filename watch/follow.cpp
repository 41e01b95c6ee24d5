#include "watch/follow.hpp"

#include "watch/printers.hpp"
#include "watch/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <unistd.h>

namespace duel::watch {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// The sessions of one run on one thread, and what ends them.
class Run {
public:
    Run(const Options& options, const platform::Shutdown& shutdown)
        : options_(options),
          tls_(platform::trusting(options.ca_file, "DUEL_CA")),
          printer_(make_printer(options)),
          wish_to_stop_(context_, dup(shutdown.fd())) {
        for (const auto& endpoint : options.endpoints) {
            Session::Settings settings;
            settings.server = options.server;
            settings.endpoint = endpoint;
            settings.wishes = options.wishes;
            settings.token = options.token;
            settings.since = cursors_for(endpoint, options.since);
            sessions_.push_back(std::make_unique<Session>(
                context_.get_executor(), tls_, std::move(settings), *printer_
            ));
        }
    }

    int go() {
        running_ = sessions_.size();
        for (auto& session : sessions_) {
            asio::co_spawn(context_, session->run(), [this](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);
                if (--running_ == 0) context_.stop();
            });
        }
        wish_to_stop_.async_wait(asio::posix::stream_descriptor::wait_read, [this](auto) {
            stop();
        });
        if (options_.most) printer_->limit(*options_.most, [this] { stop(); });
        if (options_.longest) {
            end_.expires_after(*options_.longest);
            end_.async_wait([this](auto) { stop(); });
        }
        tick();
        cut_later();
        context_.run();
        printer_->finish();
        const bool reached = std::all_of(sessions_.begin(), sessions_.end(), [](auto& session) {
            return session->was_connected();
        });
        return printer_->faults() == 0 && reached ? 0 : 1;
    }

private:
    void stop() {
        for (auto& session : sessions_)
            session->stop();
    }

    void tick() {
        printer_->tick();
        if (printer_->is_deaf()) stop();
        tick_.expires_after(milliseconds{250});
        tick_.async_wait([this](auto) { tick(); });
    }

    void cut_later() {
        if (!options_.cut_every) return;
        std::uniform_int_distribution<long> spread{0, 2 * options_.cut_every->count()};
        cut_.expires_after(milliseconds{spread(random_)});
        cut_.async_wait([this](auto) {
            for (auto& session : sessions_)
                session->cut();
            cut_later();
        });
    }

    const Options& options_;
    asio::io_context context_{1};
    asio::ssl::context tls_;
    std::unique_ptr<Printer> printer_;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::size_t running_ = 0;
    asio::posix::stream_descriptor wish_to_stop_;
    asio::steady_timer end_{context_};
    asio::steady_timer tick_{context_};
    asio::steady_timer cut_{context_};
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace

int follow(const Options& options, const platform::Shutdown& shutdown) {
    return Run{options, shutdown}.go();
}

}  // namespace duel::watch
