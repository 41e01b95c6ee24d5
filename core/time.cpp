#include "core/time.hpp"

#include <array>
#include <optional>

namespace duel {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kEndOfYear9999Ms = 253'402'300'800'000;
constexpr std::string_view kWanted =
    "an ISO-8601 time in UTC, such as 2025-11-13T19:15:12.648Z, from 1970 to 9999";

Error refused(std::string_view text) {
    return {Code::invalid_field, {}, excerpt(text), std::string{kWanted}};
}

// Takes digits and separators off the front of a text; the first thing that does not fit makes it
// fail for good.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    unsigned number(std::size_t digits) {
        unsigned value = 0;
        if (rest_.size() < digits) fail();
        for (std::size_t i = 0; i < digits && ok_; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9')
                fail();
            else
                value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
        }
        if (ok_) rest_.remove_prefix(digits);
        return value;
    }
    // The first six digits count, what follows is cut.
    std::int64_t microseconds_fraction() {
        std::int64_t value = 0;
        std::int64_t scale = 100'000;
        if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') fail();
        while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
            value += (rest_[0] - '0') * scale;
            scale /= 10;
            rest_.remove_prefix(1);
        }
        return value;
    }
    bool take(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail();
    }
    bool rest_is(std::string_view text) const { return rest_ == text; }
    bool ok() const { return ok_; }

private:
    void fail() { ok_ = false; }

    std::string_view rest_;
    bool ok_{true};
};

char* put(char* out, unsigned value, int digits) {
    for (int i = digits; i-- > 0; value /= 10)
        out[i] = static_cast<char>('0' + value % 10);
    return out + digits;
}

}  // namespace

Result<Timestamp> parse_timestamp(std::string_view text) {
    Scanner in{text};
    const unsigned year = in.number(4);
    in.expect('-');
    const unsigned month = in.number(2);
    in.expect('-');
    const unsigned day = in.number(2);
    in.expect('T');
    const unsigned hour = in.number(2);
    in.expect(':');
    const unsigned minute = in.number(2);
    const unsigned second = in.ok() && in.take(':') ? in.number(2) : 0;
    const std::int64_t fraction = in.ok() && in.take('.') ? in.microseconds_fraction() : 0;
    if (!in.ok() || !(in.rest_is("Z") || in.rest_is("+00:00"))) return refused(text);

    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(year)},
        std::chrono::month{month},
        std::chrono::day{day}};
    if (!date.ok() || year < 1970 || hour > 23 || minute > 59 || second > 59) return refused(text);
    return std::chrono::sys_days{date} + hours{hour} + minutes{minute} + seconds{second} +
           microseconds{fraction};
}

Result<Timestamp> from_epoch_ms(std::int64_t ms) {
    if (ms < 0 || ms >= kEndOfYear9999Ms) {
        return Error{
            Code::invalid_field,
            {},
            std::to_string(ms),
            "whole milliseconds since 1970, up to the year 9999"};
    }
    return Timestamp{milliseconds{ms}};
}

void append_to(std::string& out, Timestamp at) {
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date{day};
    const auto since_midnight = at - day;
    const auto whole_seconds =
        static_cast<unsigned>(std::chrono::floor<seconds>(since_midnight).count());
    const auto fraction = static_cast<unsigned>((since_midnight % seconds{1}).count());

    std::array<char, 32> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    char* end = put(buffer.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *end++ = '-';
    end = put(end, static_cast<unsigned>(date.month()), 2);
    *end++ = '-';
    end = put(end, static_cast<unsigned>(date.day()), 2);
    *end++ = 'T';
    end = put(end, whole_seconds / 3600, 2);
    *end++ = ':';
    end = put(end, whole_seconds / 60 % 60, 2);
    *end++ = ':';
    end = put(end, whole_seconds % 60, 2);
    if (fraction != 0) {
        *end++ = '.';
        end = fraction % 1000 == 0 ? put(end, fraction / 1000, 3) : put(end, fraction, 6);
    }
    *end++ = 'Z';
    out.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

std::string text(Timestamp at) {
    std::string out;
    append_to(out, at);
    return out;
}

}  // namespace duel
