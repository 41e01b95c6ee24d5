#include "wsserver/streams/switchboard.hpp"

#include <algorithm>
#include <utility>

namespace duel::wsserver {
namespace {

constexpr std::string_view kPortfolios = "portfolio:";  // what their keys begin with
constexpr Duration kAskEpochEvery = std::chrono::seconds{1};

}  // namespace

// Portfolios let go of their markets before either is gone.
Switchboard::~Switchboard() {
    for (auto& [key, entry] : streams_) {
        if (entry.portfolio == nullptr) continue;
        while (!entry.portfolio->markets().empty())
            entry.portfolio->disconnect(std::string{entry.portfolio->markets().begin()->first});
    }
}

void Switchboard::open(ConnectionId who, const Opening& opening, Now now) {
    auto& connection = connections_[who];
    connection = std::make_unique<Connection>();
    board_.connections = connections_.size();
    connection->peer.id = who;
    connection->peer.dialect = opening.dialect;
    connection->since = opening.since;
    refuse_foreign_cursors(opening, connection->since);
    take_up(*connection, opening, now);
    if (opening.notice) open_notice(*connection, *opening.notice, now);
    if (opening.notice == Notice::service) return;
    const bool has_more_to_come = !opening.wishes.empty() || opening.simulation;
    const auto welcome = has_more_to_come ? Welcome::after_subscribed : Welcome::unless_online;
    service_.open(connection->peer, welcome, now, out_);
}

void Switchboard::take_up(Connection& connection, const Opening& opening, Now now) {
    for (const auto& asked : opening.wishes)
        wish(connection, asked, now);
    if (!opening.trades_of || connection.trades_of == *opening.trades_of) return;

    connection.trades_of = *opening.trades_of;
    trade_followers_[connection.trades_of].insert(connection.peer.id);
    for (const auto& [key, cursor] : std::map{connection.since.cursors})
        if (auto channel = Channel::parse_key(key); channel &&
                                                    channel->kind == Channel::Kind::portfolio &&
                                                    channel->wallet == connection.trades_of)
            follow(connection, {*channel, {.states = false}}, Reason::trades, {}, now);
    out_.asks.push_back(
        {.what = Ask::What::portfolios, .channel = Channel::portfolio(connection.trades_of)}
    );
}

// A cursor of a channel that this connection can never be about is as good as none.
void Switchboard::refuse_foreign_cursors(const Opening& opening, Since& since) const {
    for (const auto& [key, cursor] : since.cursors) {
        const auto channel = Channel::parse_key(key);
        const bool is_own =
            channel &&
            std::any_of(opening.wishes.begin(), opening.wishes.end(), [&](const Wish& wish) {
                return wish.channel == *channel || (wish.channel.kind == Channel::Kind::portfolio &&
                                                    channel->kind == Channel::Kind::market);
            });
        const bool is_of_wallet = channel && opening.trades_of &&
                                  channel->kind == Channel::Kind::portfolio &&
                                  channel->wallet == *opening.trades_of;
        if (!is_own && !is_of_wallet) since.has_invalid = true;
    }
}

void Switchboard::close(ConnectionId who) {
    const auto found = connections_.find(who);
    if (found == connections_.end()) return;
    drop_trades(*found->second);
    for (const auto& [key, reason] : found->second->channels)
        leave(*found->second, key);
    close_notices(who);
    connections_.erase(found);
    board_.connections = connections_.size();
}

void Switchboard::congested(ConnectionId who) {
    if (const auto found = connections_.find(who); found != connections_.end())
        found->second->peer.congested = true;
}

void Switchboard::drained(ConnectionId who, Now now) {
    const auto found = connections_.find(who);
    if (found == connections_.end()) return;
    found->second->peer.congested = false;
    for (const auto& [key, reason] : found->second->channels)
        if (const auto stream = streams_.find(key); stream != streams_.end())
            stream->second.stream->touch();
    service_.catch_up(who, now, out_);
    tokens_.catch_up(who, now, out_);
    exchanges_.catch_up(who, now, out_);
    monitor_.catch_up(who, out_);
}

void Switchboard::written(ConnectionId who, Now now) {
    const auto found = connections_.find(who);
    if (found == connections_.end()) return;
    for (const auto& [key, reason] : found->second->channels)
        if (const auto stream = streams_.find(key); stream != streams_.end())
            stream->second.stream->on_written(who, now, out_);
}

Result<Use> Switchboard::on_record(std::string_view record, std::int64_t logged_at_ms, Now now) {
    if (const auto outline = feed::outline(record); outline && !is_followed(*outline)) {
        if (!is_current(outline->epoch, now) || outline->kind != feed::Kind::event)
            return Use::skipped;
        board_.recent.add(
            outline->channel,
            {.seq = outline->seq,
             .prev_seq = *outline->prev_seq,
             .record = record,
             .logged_at_ms = logged_at_ms},
            now.steady
        );
        return Use::kept;
    }
    const auto decoded = board_.decoder.decode(record);
    if (!decoded) return decoded.error();
    if (!is_current(decoded->head.epoch, now)) return Use::skipped;
    take(*decoded, logged_at_ms, now);
    return Use::followed;
}

bool Switchboard::is_followed(const feed::Outline& outline) const {
    if (outline.type == feed::Price::kType && tokens_.is_followed()) return true;
    // A contest that ends concerns the channels of its portfolios.
    if (outline.type == feed::Contest::kType || streams_.contains(outline.channel)) return true;
    if (trade_followers_.empty() || !outline.channel.starts_with(kPortfolios)) return false;
    const auto channel = Channel::parse_key(outline.channel);
    return channel && trade_followers_.contains(channel->wallet);
}

// Records of another numbering are of no use; it may have become the active one.
bool Switchboard::is_current(std::string_view epoch, Now now) {
    if (epoch == board_.epoch) return true;
    if (now.steady < next_epoch_ask_) return false;
    next_epoch_ask_ = now.steady + kAskEpochEvery;
    out_.asks.push_back({.what = Ask::What::epoch});
    return false;
}

void Switchboard::take(const feed::Record& record, std::int64_t logged_at_ms, Now now) {
    const auto& head = record.head;
    if (const auto* trade = std::get_if<feed::Trade>(&record.body))
        follow_trades(
            Channel::portfolio(trade->wallet_address, trade->contest_id.value_or("")),
            head.prev_seq.value_or(0),
            now
        );
    else if (const auto* portfolio = std::get_if<feed::Portfolio>(&record.body))
        follow_trades(
            Channel::portfolio(portfolio->wallet_address, portfolio->contest_id.value_or("")),
            head.seq,
            now
        );

    if (const auto* price = std::get_if<feed::Price>(&record.body))
        tokens_.on_price(*price, logged_at_ms, now, out_);

    const auto found = streams_.find(head.channel);
    auto* stream = found == streams_.end() ? nullptr : found->second.stream.get();
    if (feed::kind_of(record.body) == feed::Kind::event) {
        const auto channel = stream != nullptr ? Result<Channel>{stream->channel()}
                                               : Channel::parse_key(head.channel);
        if (!channel) return;
        const RecentEvent event{
            head.seq,
            head.prev_seq.value_or(0),
            ChannelStream::event_message(*channel, record, logged_at_ms),
            {},
            logged_at_ms};
        board_.recent.add(head.channel, event, now.steady);
        if (stream != nullptr) stream->on_event(event, now, out_);
    } else if (stream != nullptr) {
        stream->on_state(record, logged_at_ms, now, out_.counts);
    }
    if (const auto* contest = std::get_if<feed::Contest>(&record.body))
        if (contest->status == ContestStatus::completed ||
            contest->status == ContestStatus::cancelled)
            reload_portfolios_of(contest->contest_id);
}

// A contest that ends freezes its marks, which only Postgres has.
void Switchboard::reload_portfolios_of(const std::string& contest_id) {
    for (auto& [key, entry] : streams_)
        if (entry.portfolio != nullptr && entry.stream->channel().name == contest_id)
            entry.stream->ask_again(out_);
}

void Switchboard::reload() {
    board_.recent.clear();
    for (auto& [key, entry] : streams_)
        entry.stream->ask_again(out_);
}

void Switchboard::on_snapshot(
    const Channel& channel,
    std::uint64_t ticket,
    const Snapshot& snapshot,
    Now now
) {
    if (snapshot.epoch != board_.epoch) return renumber(snapshot.epoch, now);
    const auto key = channel.key();
    const auto found = streams_.find(key);
    if (found == streams_.end()) return;
    for (const auto who : found->second.stream->load(ticket, snapshot, now, out_)) {
        auto& connection = *connections_.at(who);
        if (const auto followed = connection.channels.find(key);
            followed != connection.channels.end()) {
            if (followed->second == Reason::wish) --connection.wishes;
            connection.channels.erase(followed);
        }
    }
}

void Switchboard::on_events(
    const Channel& channel,
    ConnectionId who,
    const EventsPage& page,
    Now now
) {
    if (page.epoch != board_.epoch) return renumber(page.epoch, now);
    if (const auto found = streams_.find(channel.key()); found != streams_.end())
        found->second.stream->on_events(who, page, now, out_);
}

void Switchboard::on_portfolios(
    const std::string& wallet,
    const std::vector<std::string>& contest_ids,
    Now now
) {
    for (const auto& contest_id : contest_ids)
        follow_trades(Channel::portfolio(wallet, contest_id), {}, now);
    // What could not be honoured was meant for one of these, not for contests yet to come.
    const auto followers = trade_followers_.find(wallet);
    if (followers == trade_followers_.end()) return;
    for (const auto who : followers->second) {
        auto& since = connections_.at(who)->since;
        since.has_invalid = false;
        since.invalid.clear();
    }
}

void Switchboard::on_baseline(
    const Channel& portfolio,
    const std::optional<Baseline>& baseline,
    Now now
) {
    const auto found = streams_.find(portfolio.key());
    if (found != streams_.end() && found->second.portfolio != nullptr)
        found->second.portfolio->take_baseline(baseline, now);
}

void Switchboard::on_epoch(const std::string& epoch, Now now) {
    if (epoch != board_.epoch) renumber(epoch, now);
}

void Switchboard::renumber(const std::string& epoch, Now now) {
    board_.epoch = epoch;
    board_.recent.clear();
    for (auto& [key, entry] : streams_)
        entry.stream->renumber(now, out_);
}

Switchboard::Entry& Switchboard::entry(const Channel& channel) {
    auto& entry = streams_[channel.key()];
    if (entry.stream) return entry;
    switch (channel.kind) {
        case Channel::Kind::market: {
            auto market = std::make_unique<MarketStream>(channel, board_);
            entry.market = market.get();
            entry.stream = std::move(market);
            break;
        }
        case Channel::Kind::contest:
            entry.stream = std::make_unique<ContestStream>(channel, board_);
            break;
        case Channel::Kind::portfolio: {
            auto portfolio = std::make_unique<PortfolioStream>(channel, board_);
            entry.portfolio = portfolio.get();
            entry.stream = std::move(portfolio);
            break;
        }
    }
    return entry;
}

void Switchboard::follow(
    Connection& connection,
    const Wish& wish,
    Reason reason,
    std::optional<std::uint64_t> from,
    Now now
) {
    auto key = wish.channel.key();
    const auto [followed, is_new] = connection.channels.try_emplace(key, reason);
    if (!is_new && reason == Reason::trades) return;
    if (reason == Reason::wish && (is_new || followed->second != Reason::wish)) ++connection.wishes;
    followed->second = reason;
    Subscriber subscriber{
        .peer = &connection.peer,
        .options = wish.options,
        .since = connection.since.take(key),
        .from = from,
        .waits_since = now.steady};
    auto& stream = *entry(wish.channel).stream;
    if (is_new)
        stream.subscribe(std::move(subscriber), now, out_);
    else
        stream.subscribe_again(std::move(subscriber), now, out_);
}

// Makes those who follow the trades of a wallet follow this portfolio of it, from that place on.
void Switchboard::follow_trades(
    const Channel& portfolio,
    std::optional<std::uint64_t> from,
    Now now
) {
    const auto followers = trade_followers_.find(portfolio.wallet);
    if (followers == trade_followers_.end()) return;
    const Wish wish{portfolio, {.states = false}};
    for (const auto who : followers->second)
        follow(*connections_.at(who), wish, Reason::trades, from, now);
}

Output Switchboard::take_output() {
    monitor_.add(out_.counts);
    return std::exchange(out_, {});
}

}  // namespace duel::wsserver
