#include "wsserver/streams/simulated_world.hpp"
#include "wsserver/streams/streams.hpp"

#include <algorithm>
#include <charconv>

// /api/v2/ws/test/…: what clients are tested with, where a setting enables it.
namespace duel::wsserver {
namespace {

constexpr double kLeastRate = 0.1;
constexpr double kMostRate = 1'000;
constexpr std::array<std::uint16_t, 12>
    kCloseCodes{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 4408, 4429};

template <class Number>
bool read(const Target& target, std::string_view name, Number& number) {
    const auto* text = target.last(name);
    if (text == nullptr) return true;
    const auto* end = text->data() + text->size();
    const auto [stop, failure] = std::from_chars(text->data(), end, number);
    return failure == std::errc{} && stop == end;
}

// ?rate= is steps a second, ?seed= a whole number.
Result<Opening> simulated(const Asked& asked, Result<Opening> opening) {
    if (!opening) return opening;
    Simulation simulation;
    if (!read(asked.target, "rate", simulation.rate) || !(simulation.rate >= kLeastRate) ||
        simulation.rate > kMostRate)
        return Error{
            Code::invalid_field, "rate", excerpt(*asked.target.last("rate")), "0.1 to 1000"};
    if (!read(asked.target, "seed", simulation.seed))
        return Error{
            Code::invalid_field, "seed", excerpt(*asked.target.last("seed")), "a whole number"};
    opening->simulation = simulation;
    return opening;
}

Change hang_up(std::uint16_t code) {
    Change change;
    change.hang_up = code;
    return change;
}

std::optional<Code> code_named(const std::string& name) {
    for (auto code = Code{}; code <= Code::processing_error;
         code = static_cast<Code>(static_cast<int>(code) + 1))
        if (text(code) == name) return code;
    return {};
}

}  // namespace

Result<Opening> open_test_portfolio(const Asked& asked) {
    return simulated(asked, open_portfolio(asked));
}

Result<Opening> open_test_contest(const Asked& asked) {
    return simulated(
        asked,
        open_contest(
            {std::string{kSimulatedContest}, asked.target, asked.identity, asked.most_subscriptions}
        )
    );
}

Result<Opening> open_test_market(const Asked& asked) {
    if (asked.target.last("symbols") != nullptr) return simulated(asked, open_market(asked));
    return simulated(asked, Opening{.wishes = {{Channel::market("SIM"), {}}}});
}

Result<Opening> open_test_errors(const Asked&) {
    return Opening{};
}

// {"type":"error","code":"UNKNOWN_CONTEST"} is answered by that error, {"type":"close","code":4408}
// by that close.
Result<Change> heed_test_errors(const Demand& demand, const Identity&) {
    const auto code = demand.fields.find("code");
    const bool has_code = code != demand.fields.end();
    if (is_type(demand, "error")) {
        if (has_code && code->is_string())
            if (const auto known = code_named(code->get<std::string>()))
                return Error{*known, "code", "", "nothing else: this is a test"};
        return Error{Code::invalid_field, "code", "", "one of the codes of errors"};
    }
    if (is_type(demand, "close")) {
        if (has_code && code->is_number_unsigned() &&
            std::find(kCloseCodes.begin(), kCloseCodes.end(), *code) != kCloseCodes.end())
            return hang_up(code->get<std::uint16_t>());
        return Error{Code::invalid_field, "code", "", "one of the codes of closes"};
    }
    return unknown_demand(demand, "error, close or ping");
}

}  // namespace duel::wsserver
