#pragma once

#include "core/event.hpp"

#include <random>
#include <string>

// Events with random fields, made from their lists of fields: a new event needs nothing here.
class RandomEvents {
public:
    explicit RandomEvents(std::uint64_t seed) : random_{seed} {}

    duel::Event next() {
        return nth(
            pick(std::variant_size_v<duel::Event>),
            std::make_index_sequence<std::variant_size_v<duel::Event>>{}
        );
    }

    std::uint64_t pick(std::uint64_t below) { return random_() % below; }

private:
    template <std::size_t... I>
    duel::Event nth(std::size_t index, std::index_sequence<I...>) {
        duel::Event event;
        ((index == I ? (void)(event = make<std::variant_alternative_t<I, duel::Event>>()) : void()),
         ...);
        return event;
    }

    template <class E>
    E make() {
        E event;
        do {
            std::apply(
                [&](const auto&... f) { (fill(event.*f.member, f.rule), ...); }, E::fields()
            );
        } while ([&] {
            if constexpr (requires { E::check(event); }) return E::check(event).has_value();
            return false;
        }());
        return event;
    }

    void fill(std::string& out, duel::TextRule rule) {
        static constexpr const char* kPieces[] = {
            "a",
            "Z9",
            "\"",
            "\\",
            "/",
            "\n",
            "\x01",
            "\x7f",
            "é",
            "€",
            "😀",
            "{",
            "]",
            ":",
            ",",
            " "};
        out.clear();
        const auto bytes = rule.min_bytes + pick(std::min<std::size_t>(rule.max_bytes, 40));
        while (out.size() < bytes)
            out += kPieces[pick(std::size(kPieces))];
        if (out.size() > rule.max_bytes) out = "x";
    }
    void fill(duel::Amount& out, duel::AmountRule rule) {
        const auto wide = ((duel::UInt128{random_()} << 64U) | random_()) >> pick(128);
        auto units =
            static_cast<duel::Int128>(wide % static_cast<duel::UInt128>(duel::Amount::kLimit));
        if (rule == duel::AmountRule::positive && units == 0) units = 1;
        if (rule == duel::AmountRule::any && pick(2) == 0) units = -units;
        out = duel::Amount::from_units(units);
    }
    void fill(std::int64_t& out, duel::WholeRule rule) {
        out = rule.min +
              static_cast<std::int64_t>(pick(static_cast<std::uint64_t>(rule.max - rule.min) + 1));
    }
    void fill(duel::Timestamp& out, duel::NoRule) {
        out = duel::Timestamp{std::chrono::microseconds{pick(253'402'300'800'000'000)}};
    }
    template <duel::Word E>
    void fill(E& out, duel::NoRule) {
        out = static_cast<E>(pick(duel::kWords<E>.size()));
    }
    template <class T, class Rule>
    void fill(std::optional<T>& out, Rule rule) {
        out.reset();
        if (pick(2) == 0) fill(out.emplace(), rule);
    }

    std::mt19937_64 random_;
};
