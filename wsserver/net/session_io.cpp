#include "wsserver/io/clock.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/frame.hpp"
#include "wsserver/net/session.hpp"

// Bytes in and out.
namespace duel::wsserver {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

// Then others have their turn.
constexpr int kReadsAtOnce = 4;
constexpr int kWritesAtOnce = 16;

constexpr std::uint16_t kEmptyClose = 1005;  // a close frame without a code; neither

}  // namespace

void Session::read() {
    const auto self = shared_from_this();
    for (int i = 0; i < kReadsAtOnce && !is_finished_; ++i) {
        const auto bytes = loop_.inbound();
        const auto step = socket_.read(bytes);
        if (step.wants()) {
            return socket_.async_wait(step.outcome, [self](error_code error) {
                if (!error && !self->is_finished_) self->read();
            });
        }
        if (step.outcome != TlsSocket::Outcome::done) return lost();
        last_heard_->store(steady_clock::now().time_since_epoch().count());
        take(bytes.first(step.bytes));
    }
    if (is_finished_) return;
    loop_.post([self] {
        if (!self->is_finished_) self->read();
    });
}

void Session::take(std::span<char> bytes) {
    while (!is_finished_) {
        const auto event = reader_.next(bytes);
        switch (event.what) {
            case FrameReader::What::nothing:
                return;
            case FrameReader::What::text:
                if (!farewell_) on_message(event.payload);
                break;
            case FrameReader::What::binary:
                close(1003, "text messages are wanted");
                break;
            case FrameReader::What::ping:
                if (farewell_) break;
                if (!inbound_.take(steady_clock::now())) {
                    on_too_often();
                } else {
                    pong_ = event.payload;
                    pump();
                }
                break;
            case FrameReader::What::pong:
                break;
            case FrameReader::What::close:
                on_close(event);
                break;
            case FrameReader::What::refused:
                on_refused(event);
                break;
        }
    }
}

// An empty close is answered with 1000: existing clients take an empty answer for a failure.
void Session::on_close(const FrameReader::Event& event) {
    if (is_closing_) return finish_farewell();
    begin_farewell(
        Farewell::Kind::answer,
        event.code == kEmptyClose ? 1000 : event.code,
        "closed by the client"
    );
}

// No frame can be read after a broken one, so no answer is waited for (RFC 6455, section 7.1.7).
void Session::on_refused(const FrameReader::Event& event) {
    if (is_closing_) return finish_farewell();
    begin_farewell(Farewell::Kind::failure, event.code, std::string{event.payload});
}

void Session::pump() {
    is_in_line_ = false;
    if (!blocked_.empty() || is_finished_) return;
    const auto self = shared_from_this();
    for (int i = 0; i < kWritesAtOnce; ++i) {
        auto& record = loop_.outbound();
        record.clear();
        gather(record);
        if (record.empty() || !write(record)) return;
    }
    is_in_line_ = true;
    loop_.post([self] { self->pump(); });
}

// As much of what waits as goes into one record. Control frames go between messages, never within
// one.
void Session::gather(std::string& record) {
    if (is_closing_) return;
    if (queue_.at_frame()) {
        if (pong_) append_frame(record, FrameHead::kPong, *pong_);
        if (wants_ping_) append_frame(record, FrameHead::kPing, {});
        pong_.reset();
        wants_ping_ = false;
    }
    if (!queue_.empty()) {
        const auto before = queue_.bytes();
        const auto change = queue_.take(
            record,
            TlsSocket::kRecordBytes,
            [this, now = clock_now()](const auto& item) { on_taken(item, now); }
        );
        loop_.tally().queue_changed(
            static_cast<std::ptrdiff_t>(queue_.bytes()) - static_cast<std::ptrdiff_t>(before)
        );
        note(change);
    }
    if (!farewell_ || !queue_.empty() || record.size() + kMostCloseBytes > TlsSocket::kRecordBytes)
        return;
    const bool is_answer = farewell_->kind == Farewell::Kind::answer;
    append_close(record, farewell_->code, is_answer ? "" : farewell_->reason);
    is_closing_ = true;
}

// True where it went and more may follow.
bool Session::write(std::string_view record) {
    const auto step = socket_.write(record);
    if (step.outcome == TlsSocket::Outcome::done && step.bytes == record.size()) {
        if (is_closing_ && farewell_->kind != Farewell::Kind::request) finish_farewell();
        return !is_finished_;
    }
    if (step.outcome == TlsSocket::Outcome::done || step.wants()) {
        blocked_ = record.substr(step.bytes);
        blocked_since_ = steady_clock::now();
        wait_to_write(step.wants() ? step.outcome : TlsSocket::Outcome::wants_write);
        return false;
    }
    lost();
    return false;
}

void Session::wait_to_write(TlsSocket::Outcome wanted) {
    socket_.async_wait(wanted, [self = shared_from_this()](error_code error) {
        if (!error && !self->is_finished_) self->write_blocked();
    });
}

void Session::write_blocked() {
    const auto record = std::exchange(blocked_, {});
    const auto since = blocked_since_;
    if (write(record)) return pump();
    blocked_since_ = since;  // it is the same record still
}

void Session::on_taken(const OutboundQueue::Item& item, Now now) {
    ++messages_out_;
    loop_.tally().sent(item, now);
    if (item.report) service_.hub.written(id_);
}

}  // namespace duel::wsserver
