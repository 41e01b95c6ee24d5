#include "watch/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace duel::watch {
namespace {

constexpr std::size_t kMaxLevels = 100;

// Builds the value while nlohmann reads the text; the reader itself does not recurse.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return add(Json{}); }
    bool boolean(bool value) override { return add(Json{value}); }
    bool number_integer(std::int64_t value) override { return number(std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) override { return number(std::to_string(value)); }
    bool number_float(double /*value*/, const std::string& digits) override {
        return number(digits);
    }
    bool string(std::string& value) override { return add(Json{std::move(value)}); }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return open(Json{Json::Object{}}); }
    bool start_array(std::size_t /*size*/) override { return open(Json{Json::Array{}}); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(std::string& name) override {
        Json& object = open_.back();
        if (object.find(name)) return false;
        object.object()->emplace_back(std::move(name), Json{});
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
        return false;
    }

    Json take() { return std::move(root_); }

private:
    bool number(std::string digits) { return add(Json{Json::Number{std::move(digits)}}); }

    bool open(Json container) {
        open_.push_back(std::move(container));
        return open_.size() <= kMaxLevels;
    }

    bool close() {
        Json done = std::move(open_.back());
        open_.pop_back();
        return add(std::move(done));
    }

    bool add(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto* array = open_.back().array()) {
            array->push_back(std::move(value));
        } else {
            open_.back().object()->back().second = std::move(value);
        }
        return true;
    }

    std::vector<Json> open_;
    Json root_;
};

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace

std::optional<Json> Json::parse(std::string_view text) {
    Builder builder;
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
    return builder.take();
}

const Json* Json::find(std::string_view key) const {
    const auto* members = object();
    if (!members) return nullptr;
    const auto it = std::find_if(members->begin(), members->end(), [&](const auto& member) {
        return member.first == key;
    });
    return it == members->end() ? nullptr : &it->second;
}

std::string_view Json::text() const {
    if (const auto* number = std::get_if<Number>(&value_)) return number->digits;
    if (const auto* string = std::get_if<std::string>(&value_)) return *string;
    return {};
}

std::string_view Json::text(std::string_view key) const {
    const Json* member = find(key);
    return member ? member->text() : std::string_view{};
}

void Json::set(std::string_view key, Json value) {
    for (auto& [name, member] : *object()) {
        if (name == key) {
            member = std::move(value);
            return;
        }
    }
    object()->emplace_back(std::string{key}, std::move(value));
}

void Json::append_to(std::string& out) const {
    if (const auto* number = std::get_if<Number>(&value_)) {
        out += number->digits;
    } else if (const auto* string = std::get_if<std::string>(&value_)) {
        append_quoted(out, *string);
    } else if (const auto* flag = std::get_if<bool>(&value_)) {
        out += *flag ? "true" : "false";
    } else if (const auto* items = array()) {
        out += '[';
        for (const Json& item : *items) {
            if (out.back() != '[') out += ',';
            item.append_to(out);
        }
        out += ']';
    } else if (const auto* members = object()) {
        out += '{';
        for (const auto& [name, member] : *members) {
            if (out.back() != '{') out += ',';
            append_quoted(out, name);
            out += ':';
            member.append_to(out);
        }
        out += '}';
    } else {
        out += "null";
    }
}

std::string Json::dump() const {
    std::string out;
    append_to(out);
    return out;
}

}  // namespace duel::watch
