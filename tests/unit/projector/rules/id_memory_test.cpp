#include "projector/rules/id_memory.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace duel::projector {
namespace {

using Memory = IdMemory<TransferFact>;
using Standing = Memory::Standing;

TransferFact by_wallet(std::int64_t wallet_no) {
    TransferFact fact;
    fact.wallet_no = wallet_no;
    return fact;
}

TEST_CASE("an id of the present batch is known with its content", "[ids]") {
    Memory memory;
    const std::string id = "t";
    memory.add(1, id, by_wallet(7));
    REQUIRE(memory.look(1, "t").standing == Standing::known);
    REQUIRE(memory.look(1, "t").fact->wallet_no == 7);
    REQUIRE(memory.look(2, "t").standing == Standing::fresh);
    REQUIRE(memory.look(1, "u").standing == Standing::fresh);
}

TEST_CASE("an id of an earlier batch is suspected until it is looked up", "[ids]") {
    Memory memory;
    const std::string id = "t";
    memory.add(1, id, {});
    memory.settle();
    REQUIRE(memory.look(1, "t").standing == Standing::suspected);
    memory.learn(1, "t", by_wallet(7));
    REQUIRE(memory.look(1, "t").fact->wallet_no == 7);
    memory.learn(1, "t", std::nullopt);
    REQUIRE(memory.look(1, "t").standing == Standing::fresh);
}

TEST_CASE("what is forgotten is only probably new", "[ids]") {
    Memory memory{true, 2};
    const std::string ids[] = {"a", "b", "c", "d", "e"};
    for (const std::string& id : ids)
        memory.add(1, id, {});
    memory.settle();
    REQUIRE(memory.look(1, "a").standing == Standing::probably);
    REQUIRE(memory.look(1, "c").standing == Standing::suspected);
    REQUIRE(memory.look(1, "e").standing == Standing::suspected);
}

}  // namespace
}  // namespace duel::projector
