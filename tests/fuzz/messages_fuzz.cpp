#include "tests/fuzz/target.hpp"
#include "wsserver/net/client_message.hpp"
#include "wsserver/streams/streams.hpp"
#include "wsserver/streams/switchboard.hpp"

// What a client says, a message a line, on the endpoint that the first byte chooses.
namespace duel::fuzz {
namespace {

using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

constexpr ConnectionId kClient = 1;
const Identity kIdentity{"w/1%", "ann", false};

// JSON that was read means the same when it is written and read again.
void check_json(std::string_view text) {
    const auto read = parse_strictly(text, kMaxMessageDepth);
    if (!read) return;
    require(nlohmann::json::accept(text), "nothing is JSON here alone");
    const auto again = parse_strictly(read->dump(), kMaxMessageDepth);
    require(again && *again == *read, "JSON that is written again is the same");
}

class Conversation {
public:
    explicit Conversation(const Endpoint& endpoint) : endpoint_(endpoint) {
        switchboard_.open(kClient, {.dialect = endpoint.dialect}, {});
    }

    void hear(std::string_view text) {
        text_ = text;
        std::visit([this](const auto& message) { on(message); }, read_client_message(text));
        switchboard_.settle({});
        const auto output = switchboard_.take_output();
        for (const auto& delivery : output.deliveries)
            require_message(delivery.message->text);
        for (const auto& ask : output.asks)
            if (ask.what == Ask::What::snapshot) require_channel(ask.channel);
        require(switchboard_.channels() <= 20, "nobody follows more than is allowed");
    }

private:
    void on(const Ping&) {}
    void on(const Pong&) {}
    void on(const Authenticate&) {}
    void on(const BadMessage& message) {
        require(is_words_alone(message.sentence), "a bad message is not quoted");
        tell({message.code, message.sentence, {}, message.type});
    }
    void on(const Demand& demand) {
        const auto original = excerpt(demand.type);
        const auto change = endpoint_.heed == nullptr
                                ? Result<Change>{unknown_demand(demand, "ping")}
                                : endpoint_.heed(demand, kIdentity);
        if (!change) return tell(about(change.error(), {}, original));
        for (const auto& refused : change->refused)
            tell(about(refused.error, refused.channel, original));
        for (const auto& wish : change->add.wishes)
            require_channel(wish.channel);
        for (const auto& channel : change->remove)
            require_channel(channel);
        switchboard_.change(kClient, *change, {});
    }
    void tell(const Complaint& complaint) const {
        require_message(error_message(endpoint_.dialect, complaint, {})->text);
        require_no_token(complaint.sentence);
    }
    // A token in a message that is not `authenticate` stays out of what is said about it.
    void require_no_token(std::string_view sentence) const {
        const auto object = parse_strictly(text_, kMaxMessageDepth);
        if (!object || !object->is_object() || !object->contains("token")) return;
        const auto* token = object->at("token").get_ptr<const std::string*>();
        if (token == nullptr || token->size() < 12) return;
        const bool is_elsewhere = text_.find(*token) != text_.rfind(*token);
        require(
            is_elsewhere || text_.find(*token) == text_.npos ||
                sentence.find(*token) == sentence.npos,
            "a token is not quoted"
        );
    }

    const Endpoint& endpoint_;
    Switchboard switchboard_{{.most_subscriptions = 20}};
    std::string_view text_;
};

}  // namespace

void try_input(std::string_view bytes) {
    if (bytes.empty()) return;
    Conversation conversation{kEndpoints[static_cast<unsigned char>(bytes[0]) % kEndpoints.size()]};
    bytes.remove_prefix(1);
    while (!bytes.empty()) {
        const auto line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        check_json(line);
        conversation.hear(line);
    }
}

}  // namespace duel::fuzz
