#pragma once

// Kafka through librdkafka: everything of platform/kafka in one include.

#include "platform/kafka/admin.hpp"
#include "platform/kafka/client.hpp"
#include "platform/kafka/consumer.hpp"
#include "platform/kafka/producer.hpp"
#include "platform/kafka/record.hpp"
