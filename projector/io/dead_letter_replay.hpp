#pragma once

// Sends a refused record to the log again, mended or as it was.

#include "platform/kafka/client.hpp"
#include "projector/io/dead_letter_commands.hpp"
#include "projector/io/model.hpp"

namespace duel::projector {

struct ReplaySurroundings {
    const platform::KafkaSettings& kafka;
    const DeadLetterSettings& settings;
    const Model& model;
    platform::Connection& connection;
    const platform::Shutdown& shutdown;
};

// Appends it to the topic and partition that it came from, with the same key and the header
// `replayed-from: trades/3:17`; the old record and its row stay. What decoding would refuse, or
// lives in another partition, is not sent. Prints the new place on standard output, then the
// projector's verdict on standard error. The exit status is that of run_dead_letters().
int replay(const ReplaySurroundings& with, const StoredLetter& letter);

}  // namespace duel::projector
