#pragma once

#include "engine/data/dataset.h"
#include "engine/data/table_content.h"
#include "engine/data/table_roles.h"

namespace ty::engine {

/// Missing and odd cells, columns that say nothing or are set aside, class problems and repeated
/// rows.
void addTableProblems(DatasetInfo& info, const TableContent& content, const TableRoles& roles);

} // namespace ty::engine
