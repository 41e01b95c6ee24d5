#pragma once

// What must hold between the settings of KafkaSecurity.

#include "platform/kafka/security.hpp"

namespace duel::platform {

// Reads the file of the password. Throws SettingError: what is wrong, where it was set and what was
// wanted; never a secret.
void check(KafkaSecurity& security);

}  // namespace duel::platform
