#pragma once

#include <span>

#include "app/catalog/database.h"

namespace ty::catalog {

/// The history of the catalog's schema, oldest first. Never change an entry that was released: add one.
std::span<const Migration> catalogMigrations();

} // namespace ty::catalog
