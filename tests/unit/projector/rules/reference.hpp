#pragma once

#include "core/event.hpp"
#include "projector/rules/ledger.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

// Portfolios worked out again, slowly, in fractions of any size: from the words' definitions,
// sharing no code with the projector. It takes accepted events only.
namespace duel::projector {

class Reference {
    using Fraction = boost::multiprecision::cpp_rational;
    using Whole = boost::multiprecision::cpp_int;

public:
    void take(const Event& event) {
        std::visit([this](const auto& e) { on(e); }, event);
    }

    // As show(Portfolio) has it.
    std::string show(const std::string& contest, const Portfolio& portfolio) const {
        const std::string& wallet = portfolio.wallet->row.wallet_address;
        const Money& money = money_.at({contest, wallet});
        std::string all = text(money.cash) + ' ' + text(money.put_in) + ' ' + text(money.realized) +
                          ' ' + text(money.fees);
        for (const Position* held : portfolio.positions) {
            const Lot& lot = lots_.at({contest, wallet, held->symbol->row.symbol});
            all += " | " + text(lot.quantity) + ' ' + text(lot.cost) + ' ' + text(lot.realized);
        }
        return all;
    }

private:
    struct Money {
        Fraction cash, put_in, realized, fees;
    };
    struct Lot {
        Fraction quantity, cost, realized;
    };

    static Fraction exact(Amount amount) {
        Int128 units = amount.units();
        const bool negative = units < 0;
        if (negative) units = -units;
        Whole whole = static_cast<std::uint64_t>(units >> 64);
        whole = (whole << 64) + static_cast<std::uint64_t>(units);
        return Fraction{
            negative ? Whole{-whole} : whole, boost::multiprecision::pow(Whole{10}, 18)};
    }

    // To 18 places, half away from zero.
    static Fraction rounded(const Fraction& value) {
        const Whole one = boost::multiprecision::pow(Whole{10}, 18);
        const Fraction scaled = abs(value) * one + Fraction{1, 2};
        const Whole units = numerator(scaled) / denominator(scaled);
        return Fraction{value < 0 ? Whole{-units} : units, one};
    }

    static std::string text(const Fraction& value) {
        const Whole one = boost::multiprecision::pow(Whole{10}, 18);
        const Fraction scaled = value * one;
        return Whole{numerator(scaled)}.str();
    }

    void on(const ContestCreated& event) {
        balances_.emplace(event.contest_id, exact(event.starting_balance));
    }
    void on(const ParticipantJoined& event) {
        const Fraction& balance = balances_.at(event.contest_id);
        money_.emplace(
            std::pair{event.contest_id, event.wallet_address}, Money{balance, balance, 0, 0}
        );
    }
    void on(const Deposit& event) { transfer(event, exact(event.amount)); }
    void on(const Withdrawal& event) { transfer(event, -exact(event.amount)); }

    template <class E>
    void transfer(const E& event, const Fraction& how_much) {
        Money& money = money_[{event.contest_id.value_or(""), event.wallet_address}];
        money.cash += how_much;
        money.put_in += how_much;
    }

    void on(const Trade& event) {
        const std::string contest = event.contest_id.value_or("");
        Money& money = money_[{contest, event.wallet_address}];
        Lot& lot = lots_[{contest, event.wallet_address, event.symbol}];
        const Fraction price = exact(event.price);
        const Fraction value = rounded(exact(event.amount) * price);
        const int direction = event.side == Side::buy ? 1 : -1;

        Fraction open = exact(event.amount);
        Fraction open_value = value;
        if (lot.quantity * direction < 0) {
            const Fraction held = abs(lot.quantity);
            const bool is_part = open < held;
            const Fraction closed = is_part ? open : held;
            const Fraction proceeds = open <= held ? value : rounded(held * price);
            const Fraction taken = is_part ? rounded(lot.cost * closed / held) : lot.cost;
            const Fraction realized = -direction * proceeds - taken;
            lot.cost -= taken;
            lot.quantity += direction * closed;
            lot.realized += realized;
            money.realized += realized;
            open -= closed;
            open_value -= proceeds;
        }
        if (open > 0) {
            lot.quantity += direction * open;
            lot.cost += direction * open_value;
        }
        money.cash -= direction * value + exact(event.fee);
        money.fees += exact(event.fee);
    }

    template <class E>
    void on(const E&) {}

    std::map<std::string, Fraction> balances_;
    std::map<std::pair<std::string, std::string>, Money> money_;
    std::map<std::tuple<std::string, std::string, std::string>, Lot> lots_;
};

// "cash put_in realized fees | quantity cost realized …", in units of 10^-18.
inline std::string show(const Portfolio& portfolio) {
    const auto units = [](Amount amount) {
        std::string digits;
        Int128 rest = amount.units() < 0 ? -amount.units() : amount.units();
        do {
            digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
            rest /= 10;
        } while (rest != 0);
        return (amount.units() < 0 ? "-" : "") + digits;
    };
    const PortfolioRow& row = portfolio.row;
    std::string all = units(row.cash) + ' ' + units(row.put_in) + ' ' + units(row.realized_pnl) +
                      ' ' + units(row.fees);
    for (const Position* held : portfolio.positions)
        all += " | " + units(held->row.quantity) + ' ' + units(held->row.cost) + ' ' +
               units(held->row.realized_pnl);
    return all;
}

}  // namespace duel::projector
