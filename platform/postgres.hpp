#pragma once

// PostgreSQL through libpq: everything of platform/postgres in one include.

#include "platform/postgres/binary_copy.hpp"
#include "platform/postgres/connection.hpp"
#include "platform/postgres/params.hpp"
#include "platform/postgres/pipeline.hpp"
#include "platform/postgres/rows.hpp"
#include "platform/postgres/transaction.hpp"
