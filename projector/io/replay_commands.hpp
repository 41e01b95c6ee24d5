#pragma once

#include "platform/shutdown.hpp"
#include "projector/io/settings.hpp"

// Commands that project the log a second time; each returns the exit status of the process.
namespace duel::projector {

// Names every row and column in which the read model differs from what the log gives: 1 if any.
int run_verify(const CommonSettings&, const VerifySettings&, const platform::Shutdown&);

// Makes a new model from the log beside the active one, compares, and lets it take over.
int run_rebuild(const CommonSettings&, const RebuildSettings&, const platform::Shutdown&);

// Prints the tables of a contest as they were, or leaves them in a schema.
int run_as_of(const CommonSettings&, const AsOfSettings&, const platform::Shutdown&);

// Works out a contest's final standings once more: 1 if they differ.
int run_verify_contest(const CommonSettings&, const VerifyContestSettings&, const platform::Shutdown&);

}  // namespace duel::projector
