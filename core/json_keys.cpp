#include "core/json_document.hpp"

#include <algorithm>
#include <vector>

namespace duel {
namespace {

struct HashedKey {
    std::uint64_t hash;
    const JsonNode* key;
};

// FNV-1a, 64 bits.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xCBF29CE484222325U;
    for (const char c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return value;
}

// Tells the field names of every event apart at the price of two characters.
std::size_t rough_hash(std::string_view text) {
    if (text.empty()) return 0;
    const auto character = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(text[i]));
    };
    return text.size() + character(0) * 7 + character(text.size() / 2) * 3;
}

bool surely_all_differ(const JsonNode& object) {
    std::uint64_t seen = 0;  // a bit for each of 64 rough hashes
    for (const JsonNode* key = object.first(); key != object.end(); key = key->next()->next()) {
        const std::uint64_t bit = std::uint64_t{1} << (rough_hash(key->text) % 64);
        if ((seen & bit) != 0) return false;
        seen |= bit;
    }
    return true;
}

}  // namespace

const JsonNode* find(const JsonNode& object, std::string_view key, const JsonNode*& hint) {
    const JsonNode* const start = hint;
    const auto search = [&](const JsonNode* from, const JsonNode* to) -> const JsonNode* {
        for (; from != to; from = from->next()->next()) {
            if (from->text != key) continue;
            hint = from->next()->next();
            return from->next();
        }
        return nullptr;
    };
    const JsonNode* const found = search(start, object.end());
    return found != nullptr ? found : search(object.first(), start);
}

const JsonNode* repeated_key(const JsonNode& object) {
    if (surely_all_differ(object)) return nullptr;
    std::vector<HashedKey> keys;
    for (const JsonNode* key = object.first(); key != object.end(); key = key->next()->next()) {
        keys.push_back({hash(key->text), key});
    }
    // By text where hashes are equal, so that keys made to collide cost no more than a sort.
    std::sort(keys.begin(), keys.end(), [](const HashedKey& a, const HashedKey& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.key->text < b.key->text;
    });
    const auto twin =
        std::adjacent_find(keys.begin(), keys.end(), [](const HashedKey& a, const HashedKey& b) {
            return a.hash == b.hash && a.key->text == b.key->text;
        });
    return twin == keys.end() ? nullptr : twin->key;
}

}  // namespace duel
