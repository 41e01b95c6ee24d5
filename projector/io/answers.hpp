#pragma once

#include "platform/postgres.hpp"
#include "projector/io/arrival.hpp"
#include "projector/rules/ledger.hpp"
#include "projector/rules/market.hpp"
#include "projector/rules/verdict.hpp"

#include <vector>

// What a shard has to look up before it can decide a record: one statement a kind of question,
// however many there are. The answers go into what the shard has in memory.
namespace duel::projector {

void answer(
    platform::Connection& connection,
    Ledger& ledger,
    const std::vector<Question>& questions
);
void answer(
    platform::Connection& connection,
    Market& market,
    const std::vector<Question>& questions
);

// Questions about every trade and transfer id of the records that memory does not know: for when
// the unique index has shown that old ids come again.
std::vector<Question> id_questions(const Ledger& ledger, const Inputs& inputs);

// Settles the homes that the batch claims, within its transaction. The pipeline throws ApplyAgain
// where another shard was faster with one of them.
void claim_homes(platform::Pipeline& pipeline, std::int16_t shard, const Homes& homes);

}  // namespace duel::projector
