#pragma once

#include "projector/rules/market.hpp"

namespace duel::projector {

// What is known of a token beside its price; the later in the log counts.
class TokenProjection {
public:
    void on(const Token& event, MarketStep& step) {
        if (step.symbol == nullptr) step.symbol = &step.market.symbol(event.symbol, step.seq);
        step.symbol->at_home = true;
        TokenRow& row = step.symbol->token;
        row.name = event.name;
        row.decimals.reset();
        if (event.decimals) row.decimals = static_cast<std::int32_t>(*event.decimals);
        row.image_url = event.image_url;
        row.supply = event.supply;
        tokens.touch(row, step.seq);
    }

    Table<TokenRow> tokens;

    auto tables() { return std::tie(tokens); }
};

}  // namespace duel::projector
