#pragma once

#include "engine/data/dataset.h"
#include "engine/data/table_content.h"
#include "engine/data/table_roles.h"

namespace ty::engine {

/// Missing and odd cells, columns that say nothing or are set aside, class problems and repeated
/// rows.
void addTableProblems(DatasetInfo& info, const TableContent& content, const TableRoles& roles);

/// "column "age" has no value in 12 rows (3.1 %)"
std::string missingMessage(const std::string& column, std::uint64_t missing, std::uint64_t rows);

} // namespace ty::engine
