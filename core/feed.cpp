#include "core/feed.hpp"

#include "core/field_reader.hpp"
#include "core/field_writer.hpp"
#include "core/json_document.hpp"

#include <charconv>
#include <utility>

namespace duel::feed {
namespace {

// Beyond what the largest part of a ranking needs; Kafka's own limit comes first.
constexpr JsonLimits kLimits{64U << 20U, 16};

// The text before every body, for reading; writing goes straight to the JSON.
struct Envelope {
    std::string channel;
    std::string epoch;
    std::string shard;
    std::int64_t seq{0};
    std::string type;
    std::optional<std::int64_t> prev_seq;

    static constexpr auto fields() {
        return std::tuple{
            field("channel", &Envelope::channel, kAnyText),
            field("epoch", &Envelope::epoch, kAnyText),
            field("shard", &Envelope::shard, kAnyText),
            field("seq", &Envelope::seq, WholeRule{0, INT64_MAX}),
            field("type", &Envelope::type, kAnyText),
            field("prev_seq", &Envelope::prev_seq, WholeRule{0, INT64_MAX}),
        };
    }
};

template <class Variant>
struct Types;
template <class... Bodies>
struct Types<std::variant<Bodies...>> {
    // Puts the body of that type into `out`; false when there is no such type.
    static bool
    decode(std::string_view type, const JsonNode& object, Body& out, std::optional<Error>& error) {
        return (
            (type == Bodies::kType && ((error = read_fields(object, out.emplace<Bodies>())), true)
            ) ||
            ...
        );
    }
};

// Takes a text apart from its front. Once something is not there, nothing is any more.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    bool skip(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }
    // The characters of a JSON string after its first quote.
    bool take(std::string_view& characters) {
        const std::size_t end = rest_.find('"');
        if (end == std::string_view::npos) return false;
        characters = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return characters.find('\\') == std::string_view::npos;
    }
    bool take(std::uint64_t& number) {
        const auto [end, error] = std::from_chars(rest_.begin(), rest_.end(), number);
        if (error != std::errc{}) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
        return true;
    }

private:
    std::string_view rest_;
};

}  // namespace

std::string_view text(Kind kind) {
    return kind == Kind::event ? "event" : "state";
}

std::string_view type_of(const Body& body) {
    return std::visit([]<class B>(const B&) { return B::kType; }, body);
}

Kind kind_of(const Body& body) {
    return std::visit([]<class B>(const B&) { return B::kKind; }, body);
}

template <class B>
void encode_body(const Head& head, const B& body, std::string& out) {
    JsonWriter writer{out};
    writer.begin_object()
        .field("channel", head.channel)
        .field("epoch", head.epoch)
        .field("shard", head.shard)
        .field("seq", head.seq)
        .field("kind", B::kKind)
        .field("type", B::kType)
        .field("prev_seq", head.prev_seq)
        .key("body")
        .begin_object();
    write_fields<AmountStyle::number>(writer, body);
    writer.end_object().end_object();
}

void encode(const Head& head, const Body& body, std::string& out) {
    std::visit([&](const auto& b) { encode_body(head, b, out); }, body);
}

template void encode_body(const Head&, const Price&, std::string&);
template void encode_body(const Head&, const Volume&, std::string&);
template void encode_body(const Head&, const Sentiment&, std::string&);
template void encode_body(const Head&, const Contest&, std::string&);
template void encode_body(const Head&, const Leaderboard&, std::string&);
template void encode_body(const Head&, const Activity&, std::string&);
template void encode_body(const Head&, const Trade&, std::string&);
template void encode_body(const Head&, const Portfolio&, std::string&);

std::optional<Outline> outline(std::string_view record) {
    Outline out;
    std::string_view kind;
    Scanner text{record};
    const bool has_head = text.skip(R"({"channel":")") && text.take(out.channel) &&
                          text.skip(R"(,"epoch":")") && text.take(out.epoch) &&
                          text.skip(R"(,"shard":")");
    std::string_view shard;
    if (!has_head || !text.take(shard) || !text.skip(R"(,"seq":)") || !text.take(out.seq) ||
        !text.skip(R"(,"kind":")") || !text.take(kind) || !text.skip(R"(,"type":")") ||
        !text.take(out.type))
        return std::nullopt;
    if (text.skip(R"(,"prev_seq":)") && !text.take(out.prev_seq.emplace())) return std::nullopt;
    if (!text.skip(R"(,"body":{)")) return std::nullopt;
    out.kind = kind == duel::feed::text(Kind::event) ? Kind::event : Kind::state;
    if (out.kind == Kind::event && !out.prev_seq) return std::nullopt;
    return out;
}

Decoder::Decoder() : document_{std::make_unique<JsonDocument>()} {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<Record> Decoder::decode(std::string_view record) {
    if (auto error = document_->parse(record, kLimits)) return *std::move(error);
    const JsonNode& root = document_->root();
    Envelope envelope;
    if (auto error = read_fields(root, envelope)) return *std::move(error);
    const JsonNode* hint = root.first();
    const JsonNode* const body = find(root, "body", hint);
    if (body == nullptr) return Error{Code::invalid_field, "body", {}, "an object"};
    if (body->kind != JsonNode::Kind::object) {
        return Error{Code::invalid_field, "body", excerpt(body->raw), "an object"};
    }

    Record out;
    std::optional<Error> error;
    if (!Types<Body>::decode(envelope.type, *body, out.body, error)) {
        return Error{Code::unknown_type, "type", excerpt(envelope.type), "a type of the feed"};
    }
    if (error) return *std::move(error);
    if (kind_of(out.body) == Kind::event && !envelope.prev_seq) {
        return Error{
            Code::invalid_field, "prev_seq", {}, "the seq of the event before on the channel"};
    }
    out.head = {
        std::move(envelope.channel),
        std::move(envelope.epoch),
        std::move(envelope.shard),
        static_cast<std::uint64_t>(envelope.seq),
        envelope.prev_seq ? std::optional{static_cast<std::uint64_t>(*envelope.prev_seq)}
                          : std::nullopt};
    return out;
}

}  // namespace duel::feed
