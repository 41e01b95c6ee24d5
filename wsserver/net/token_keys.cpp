#include "wsserver/net/token_keys.hpp"

#include "platform/log.hpp"
#include "platform/settings.hpp"

#include <exception>
#include <stdexcept>

namespace duel::wsserver {
namespace {

[[noreturn]] void refuse(const TokenKeyFile& file, const std::string& reason) {
    throw platform::SettingError(
        "--jwt-key (DUEL_JWT_KEYS), kid \"" + file.kid + "\", file \"" + file.path + "\": " + reason
    );
}

}  // namespace

TokenKeys::TokenKeys(
    std::string_view secret,
    const std::vector<TokenKeyFile>& files,
    std::chrono::milliseconds pace
)
    : watch_(pace) {
    if (secret.empty() && files.empty())
        throw platform::SettingError(
            "no key of session tokens; wanted --jwt-secret (DUEL_JWT_SECRET) or --jwt-key "
            "(DUEL_JWT_KEYS)"
        );
    try {
        if (!secret.empty())
            shared_secret_ = std::make_unique<const TokenKey>(TokenKey::of_secret(secret));
    } catch (const std::invalid_argument& error) {
        throw platform::SettingError(
            std::string{"--jwt-secret (DUEL_JWT_SECRET): "} + error.what()
        );
    }
    for (const auto& file : files) {
        auto [place, is_new] = by_kid_.try_emplace(file.kid);
        if (!is_new) refuse(file, "another key has the same kid");
        auto& held = place->second;
        held.file = file;
        watch_.add({file.path}, [&held] { read_again(held); });
        try {
            read(held);
        } catch (const std::exception& error) {
            refuse(file, error.what());
        }
    }
    watch_.start();
}

const TokenKey* TokenKeys::find(const std::string* kid) const {
    if (kid == nullptr) return shared_secret_.get();
    const auto held = by_kid_.find(*kid);
    return held == by_kid_.end() ? nullptr : held->second.now.load(std::memory_order_acquire);
}

void TokenKeys::read(Held& held) {
    held.all.push_back(std::make_unique<const TokenKey>(key_in(held.file)));
    held.now.store(held.all.back().get(), std::memory_order_release);
}

void TokenKeys::read_again(Held& held) {
    const auto& [kid, path, kind] = held.file;
    try {
        read(held);
        const auto algorithm = held.all.back()->algorithm();
        platform::log::info(
            "session tokens of kid \"{}\": {} key read again from {}", kid, algorithm, path
        );
    } catch (const std::exception& error) {
        platform::log::error(
            "session tokens of kid \"{}\": the old key stays: {}: {}", kid, path, error.what()
        );
    }
}

}  // namespace duel::wsserver
