#pragma once

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/table_content.h"
#include "engine/data/table_roles.h"

namespace ty::engine {

/// Brings a table into the shape of the data that a model was trained on: its columns in its order,
/// then those it does not know, set aside; its categories and classes under its codes, unknown ones
/// as missing (with a problem that names them). A missing target is no error. Errors: InvalidInput
/// naming the columns that are not there.
Result<TableRoles> arrangeLike(TableContent& content, const DatasetInfo& like);

} // namespace ty::engine
