#include "wsserver/net/token.hpp"

#include "wsserver/net/base64url.hpp"
#include "wsserver/net/strict_json.hpp"

#include <optional>

namespace duel::wsserver {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr std::uint64_t kLatestSecond = 253'402'300'799;  // the end of the year 9999

Refusal invalid(std::string reason) {
    return {Refusal::Why::invalid, std::move(reason)};
}

std::optional<json> object_of(std::string_view part) {
    const auto text = base64url_decode(part);
    if (!text) return {};
    auto object = parse_strictly(*text, kMaxDepth);
    if (!object || !object->is_object()) return {};
    return object;
}

// Keys of the token's own choice, and rules that would have to be understood: `b64` changes what
// is signed (RFC 7797).
std::optional<std::string> fault_of_header(const json& header) {
    for (const auto* name : {"crit", "jku", "jwk", "x5u", "x5c", "b64"})
        if (header.contains(name)) return std::string{"header has "} + name;
    for (const auto* name : {"typ", "kid"}) {
        const auto text = header.find(name);
        if (text != header.end() && !text->is_string()) return std::string{name} + " is no text";
    }
    return {};
}

// Whether the token is signed by the key that its header names.
std::optional<std::string> fault_of_signature(
    const TokenKeys& keys,
    const json& header,
    std::string_view text,
    std::string_view signature
) {
    const auto kid = header.find("kid");
    const auto* const key =
        keys.find(kid == header.end() ? nullptr : kid->get_ptr<const std::string*>());
    if (key == nullptr) return kid == header.end() ? "it has no kid" : "its kid is unknown";
    const auto algorithm = header.find("alg");
    const auto* const chosen =
        algorithm == header.end() ? nullptr : algorithm->get_ptr<const std::string*>();
    if (chosen == nullptr || *chosen != key->algorithm())
        return "alg is not " + std::string{key->algorithm()};
    const auto bytes = base64url_decode(signature);
    if (!bytes) return "its signature cannot be read";
    if (!key->verifies(text, *bytes)) return "its signature is wrong";
    return {};
}

// `exp`: whole seconds. Empty where it is absent; throws where it is anything else.
std::optional<std::int64_t> whole_seconds_of(const json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) return {};
    if (!claim->is_number_unsigned()) throw invalid(std::string{name} + " is no whole number");
    const auto seconds = claim->get<std::uint64_t>();
    if (seconds > kLatestSecond) throw invalid(std::string{name} + " is out of range");
    return static_cast<std::int64_t>(seconds);
}

// `nbf` and `iat`: any number, as RFC 7519 has it; 0 where absent.
double number_of(const json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) return 0;
    if (!claim->is_number()) throw invalid(std::string{name} + " is no number");
    return claim->get<double>();
}

std::string text_of(const json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) return {};
    if (!claim->is_string()) throw invalid(std::string{name} + " is no text");
    return claim->get<std::string>();
}

Role role_of(const json& claims) {
    const auto role = text_of(claims, "role");
    if (role == "user") return Role::user;
    if (role == "admin" || role == "superadmin") return Role::admin;
    throw invalid("role is none of user, admin, superadmin");
}

// `aud` is one text or a list of them.
bool is_for(const json& claims, const std::string& audience) {
    const auto claim = claims.find("aud");
    if (claim == claims.end()) return false;
    const auto texts = claim->is_array() ? *claim : json::array({*claim});
    bool is_named = false;
    for (const auto& text : texts) {
        if (!text.is_string()) throw invalid("aud is no text or list of texts");
        is_named = is_named || text.get_ref<const std::string&>() == audience;
    }
    return is_named;
}

void check_parties(const json& claims, const TokenParties& wanted) {
    if (!wanted.issuer.empty() && text_of(claims, "iss") != wanted.issuer)
        throw invalid("iss is not who issues tokens here");
    if (!wanted.audience.empty() && !is_for(claims, wanted.audience))
        throw invalid("aud does not name this service");
}

Claims claims_of(const json& object, Seconds now, std::chrono::seconds leeway) {
    Claims claims;
    claims.wallet = text_of(object, "sub");
    if (claims.wallet.empty() || claims.wallet.size() > 200) throw invalid("sub is missing");
    if (claims.wallet.find('\0') != std::string::npos) throw invalid("sub has a NUL");
    claims.username = text_of(object, "username");
    claims.role = role_of(object);
    const auto expires = whole_seconds_of(object, "exp");
    if (!expires) throw invalid("exp is missing");
    claims.expires_at = Seconds{std::chrono::seconds{*expires}};

    const auto latest = static_cast<double>((now + leeway).time_since_epoch().count());
    for (const auto* name : {"nbf", "iat"})
        if (number_of(object, name) > latest)
            throw Refusal{Refusal::Why::not_yet_valid, std::string{name} + " is in the future"};
    if (claims.expires_at <= now) throw Refusal{Refusal::Why::expired, "it has expired"};
    return claims;
}

}  // namespace

TokenVerifier::TokenVerifier(Settings settings)
    : settings_(std::move(settings)),
      keys_(settings_.secret, settings_.keys, settings_.look_at_files_every) {}

Verdict TokenVerifier::verify(std::string_view token, Seconds now) const {
    if (token.size() > kMaxTokenBytes) return invalid("it is too long");
    const auto first = token.find('.');
    const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos)
        return invalid("it is not three parts with dots between");

    const auto header = object_of(token.substr(0, first));
    if (!header) return invalid("its header cannot be read");
    if (const auto fault = fault_of_header(*header)) return invalid(*fault);

    if (const auto fault =
            fault_of_signature(keys_, *header, token.substr(0, second), token.substr(second + 1)))
        return invalid(*fault);

    const auto object = object_of(token.substr(first + 1, second - first - 1));
    if (!object) return invalid("its claims cannot be read");
    try {
        check_parties(*object, settings_.parties);
        return claims_of(*object, now, settings_.leeway);
    } catch (const Refusal& refusal) {
        return refusal;
    }
}

}  // namespace duel::wsserver
