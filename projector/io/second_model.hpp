#pragma once

#include "platform/kafka/client.hpp"
#include "platform/shutdown.hpp"
#include "projector/io/model.hpp"
#include "projector/io/replay.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

// A model that is projected from the log a second time, beside the active one.
namespace duel::projector {

// How far a shard of the active model is, and how it came there.
struct Moment {
    ShardId shard;
    ReplayEnd end;
    History history;
};

// Of the shards that the connection sees in that model, within one transaction so that they fit
// together with whatever else is read in it.
std::vector<Moment> read_moments(platform::Connection& connection, const Model& model);

class SecondModel {
public:
    struct Settings {
        std::string url;  // as the database's owner
        ReplaySettings replay;
        std::size_t jobs{2};  // shards at once
    };

    SecondModel(Settings settings, Model model);
    ~SecondModel();

    const Model& model() const { return model_; }

    // Settles the homes as they were settled the first time. Before project(), with what was read
    // in the transaction of its moments.
    void take_homes(platform::Connection& connection, const Model& from) const;

    // Applies the log up to these moments, several shards at once, showing progress. False where it
    // was asked to stop. Can be called again with later moments.
    bool project(const std::vector<Moment>& moments, const platform::Shutdown& shutdown);

    // Copies the journal, under this model's epoch: with it the projector goes on from these
    // tables.
    void take_journal(platform::Connection& connection, const Model& from) const;

private:
    struct Lane;

    Lane& lane(const ShardId& shard);
    void watch(std::int64_t total, const std::atomic<int>& working) const;

    Settings settings_;
    Model model_;
    std::map<ShardId, std::unique_ptr<Lane>> lanes_;
    std::atomic<std::int64_t> applied_{0};
};

// A connection of the database's owner with that schema on its search path.
platform::Connection connect_to_model(const std::string& url, const std::string& schema);

}  // namespace duel::projector
