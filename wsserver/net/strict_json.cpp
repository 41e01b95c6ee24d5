#include "wsserver/net/strict_json.hpp"

#include <string>
#include <vector>

namespace duel::wsserver {
namespace {

using nlohmann::json;

// Builds the value while it looks: the depth is known before anything deeper is built, and a key is
// compared as it is stored, so "\u0061" and "a" are the same key.
class Builder : public nlohmann::json_sax<json> {
public:
    explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}

    json take() { return std::move(root_); }

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(json::object()); }
    bool key(string_t& name) override {
        auto& members = open_.back()->get_ref<json::object_t&>();
        const auto [member, is_new] = members.try_emplace(std::move(name));
        place_ = &member->second;
        return is_new;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

private:
    bool put(json value) {
        if (!open_.empty() && open_.back()->is_array()) {
            open_.back()->push_back(nullptr);
            place_ = &open_.back()->back();
        }
        *place_ = std::move(value);
        return true;
    }
    bool open(json value) {
        if (open_.size() == max_depth_) return false;
        put(std::move(value));
        open_.push_back(place_);
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    std::size_t max_depth_;
    json root_;
    json* place_ = &root_;     // where the next value goes, but for arrays
    std::vector<json*> open_;  // what values are put into: those around never move meanwhile
};

}  // namespace

std::optional<json> parse_strictly(std::string_view text, int max_depth) {
    if (text.starts_with("\xEF\xBB\xBF")) return {};
    if (text.find('\0') != text.npos) return {};  // the parser would take it for the end
    Builder builder(static_cast<std::size_t>(max_depth));
    if (!json::sax_parse(text, &builder)) return {};
    return builder.take();
}

}  // namespace duel::wsserver
