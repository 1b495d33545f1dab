#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/table_content.h"

namespace ty::engine {

/// What each column is for.
struct TableRoles {
    static constexpr std::size_t kNoTarget = static_cast<std::size_t>(-1);

    Task task = Task::Classification;
    std::size_t target = kNoTarget;
    std::vector<ColumnRole> roles;
    std::vector<std::string>
        ignoredReasons; ///< by column; empty if it is used or the person set it aside
};

/// Decides by the options, or guesses: the target by its name ("species", "label", "y") or the last
/// column that may be one; the task by the target's values. Text becomes ColumnType::Text; such
/// columns, row numbers and columns without any value are set aside. With the task "grouping" there is no target, and all
/// that is left is used. Adjusts
/// `content.columns[].type`. Errors: InvalidInput for an unknown target or a task that does not fit
/// it.
Result<TableRoles> assignRoles(TableContent& content, const OpenOptions& options);

/// The type that the person or else the model wants `column` to have; nothing: as guessed.
std::optional<ColumnType> chosenType(const OpenOptions& options, const std::string& column);

/// Why assignRoles() has taken the target of this table where nobody named one: "because of its name", "the last column".
std::string describeTargetGuess(const DatasetInfo& info);

} // namespace ty::engine
