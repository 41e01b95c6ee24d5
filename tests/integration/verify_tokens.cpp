// Says of every token on standard input whether the WebSocket server would take it: for comparisons
// with other programs that read the same (token_libraries_test.py).
//
//     verify-tokens NOW SECRET ISSUER AUDIENCE KID=FILE…
//
// One token a line, in base64url, since the bytes may be anything. One line of answer each: "accept
// WALLET", that in base64url too, or "refuse REASON".

#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token.hpp"

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace duel::wsserver {
namespace {

void answer_all(const TokenVerifier& verifier, Seconds now) {
    for (std::string line; std::getline(std::cin, line);) {
        const auto verdict = verifier.verify(base64url_decode(line).value(), now);
        if (const auto* refusal = std::get_if<Refusal>(&verdict))
            std::cout << "refuse " << refusal->reason << '\n';
        else
            std::cout << "accept " << base64url_encode(std::get<Claims>(verdict).wallet) << '\n';
    }
}

int main_of(const std::vector<std::string>& words) {
    if (words.size() < 4) {
        std::fputs("verify-tokens NOW SECRET ISSUER AUDIENCE KID=FILE...\n", stderr);
        return 2;
    }
    TokenVerifier::Settings settings{.secret = words[1], .parties = {words[2], words[3]}};
    for (std::size_t i = 4; i < words.size(); ++i)
        settings.keys.push_back(token_key_file_of(words[i]).value());
    answer_all(
        TokenVerifier{std::move(settings)}, Seconds{std::chrono::seconds{std::stoll(words[0])}}
    );
    return 0;
}

}  // namespace
}  // namespace duel::wsserver

int main(int argc, char** argv) {
    try {
        return duel::wsserver::main_of({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "verify-tokens: %s\n", error.what());
        return 1;
    }
}
