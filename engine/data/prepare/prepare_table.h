#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/preparation.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/table_content.h"

namespace ty::engine {

/// Does the enabled steps to a table as it was read, in their order. What a step finds in the data (medians, percentiles, edges) is of
/// the rows that the data does not give as validation or test, and put into `preparation`.
/// Errors: InvalidInput that begins "step 2 (clip): " and names the column.
Result<void> prepareTraining(TableContent& content, Preparation& preparation);

/// Which step left out which row of a table as it was read: 0 none, else its place from 1. Empty until the steps were done.
using RowsLeftOut = LargeVector<std::uint8_t>;

/// As above, and tells which rows went.
Result<void> prepareTraining(TableContent& content, Preparation& preparation, RowsLeftOut& leftOut);

/// The same rows of the same table with other findings.
/// @param preparation  as prepareTraining() left it. What it found in the column `target` stays where it says what there is to predict
///                     (edges, orders of classes)
/// @param leftOut      likewise
/// @param fit          its samples count the rows that stay
Result<void> prepareAnew(
    TableContent& content, Preparation& preparation, const std::string& target, const RowsLeftOut& leftOut, const StepsFit& fit);

/// The same to data that a model is asked about: with what was found in the training data, and without the steps that leave
/// rows out. Columns that are not there and that the model does not need are passed over.
/// @param like  DatasetInfo of the training data, with its preparation
/// Errors: InvalidInput for a column that a feature is made of.
Result<void> prepareNewData(TableContent& content, const DatasetInfo& like);

/// What new data must bring: columns as they were read, those that features are made of as features.
/// @param read      before the preparation
/// @param prepared  after it, with roles
std::vector<ColumnInfo> columnsToBring(
    std::vector<ColumnInfo> read, const std::vector<ColumnInfo>& prepared, const Preparation& preparation);

/// Names, types and, of words, values of columns as they were read.
std::vector<ColumnInfo> outlineOf(const TableContent& content);

/// The interval names of a Bin step: those of the person, or "below 18", "18 to 65", "from 65 on".
std::vector<std::string> intervalLabels(const PrepareStep& step, const std::vector<double>& edges);

} // namespace ty::engine
