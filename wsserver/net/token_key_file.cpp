#include "wsserver/net/token_key_file.hpp"

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace duel::wsserver {
namespace {

constexpr std::string_view kSecretSuffix = ":HS256";
constexpr std::size_t kMostBytes = 65'536;

}  // namespace

std::optional<TokenKeyFile> token_key_file_of(std::string_view setting) {
    const auto equals = setting.find('=');
    if (equals == setting.npos || equals + 1 == setting.size()) return {};
    auto kid = setting.substr(0, equals);
    auto kind = TokenKeyFile::Kind::public_key;
    if (kid.ends_with(kSecretSuffix)) {
        kid.remove_suffix(kSecretSuffix.size());
        kind = TokenKeyFile::Kind::secret;
    }
    if (kid.empty()) return {};
    return TokenKeyFile{std::string{kid}, std::string{setting.substr(equals + 1)}, kind};
}

TokenKey key_in(const TokenKeyFile& file) {
    const auto content = content_of_key_file(file.path);
    return file.kind == TokenKeyFile::Kind::secret ? TokenKey::of_secret(content)
                                                   : TokenKey::of_pem(content);
}

std::string content_of_key_file(const std::string& path) {
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    std::string content(kMostBytes + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.is_open() || file.bad())
        throw std::runtime_error("it cannot be read: " + std::generic_category().message(errno));
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > kMostBytes) throw std::runtime_error("it is too long for a key");
    return content;
}

}  // namespace duel::wsserver
