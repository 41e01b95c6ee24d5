#include "wsserver/net/strict_json.hpp"

#include <set>
#include <string>
#include <vector>

namespace duel::wsserver {
namespace {

using nlohmann::json;

// Looks at the text before anything is built. Keys are compared as they will be stored, so "\u0061"
// and "a" are the same key.
class Guard : public nlohmann::json_sax<json> {
public:
    explicit Guard(int max_depth) : max_depth_(max_depth) {}

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(); }
    bool key(string_t& name) override { return keys_.back().insert(name).second; }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

private:
    bool open() {
        keys_.emplace_back();
        return static_cast<int>(keys_.size()) <= max_depth_;
    }
    bool close() {
        keys_.pop_back();
        return true;
    }

    int max_depth_;
    std::vector<std::set<std::string>> keys_;
};

}  // namespace

std::optional<json> parse_strictly(std::string_view text, int max_depth) {
    if (text.starts_with("\xEF\xBB\xBF")) return {};
    if (text.find('\0') != text.npos) return {};  // the parser would take it for the end
    Guard guard(max_depth);
    if (!json::sax_parse(text, &guard)) return {};
    return json::parse(text);
}

}  // namespace duel::wsserver
