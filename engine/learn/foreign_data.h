#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/learn/foreign_input.h"

namespace ty::engine {

/// The data at `path` with the column to predict that `words` name, else the one that it seems to have.
/// @param task  what the network answers, whatever the data's numbers look like; empty: not known
/// Errors: those of openDataset().
Result<std::unique_ptr<Dataset>> openForTask(const std::string& path, const ForeignWords& words, const std::string& task);

/// The same for a network of which no more is known than its `outputs`; 0: nor these.
Result<std::unique_ptr<Dataset>> openForOutputs(const std::string& path, const ForeignWords& words, std::int64_t outputs);

/// `opened` (openForTask(), of `path`), unless it is a table with just the inputs of the network: then nobody has named a column to
/// predict, and what was taken for one is an input. So it is where `words` name that column among the inputs, and where they
/// name none, but all columns together are as many as the network takes. Then it is the table with Task::Grouping; where they name
/// all columns but one, that one is to be predicted.
Result<std::unique_ptr<Dataset>> withoutGuess(
    Result<std::unique_ptr<Dataset>> opened, const std::string& path, const ForeignNetwork& network, const ForeignWords& words);

} // namespace ty::engine
