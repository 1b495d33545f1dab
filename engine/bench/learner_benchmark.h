#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::engine {

/// Fitting one learner on the table of the suite, and what another library is held to.
struct LearnerCase {
    std::string name;  ///< "forest"; learners_peer.py knows the same names
    std::string label; ///< "Random forest, 100 trees"
    std::string score; ///< what is compared: "roc_auc"
    double leastTimesPeer = 1; ///< of speed
    double mostWorse = 0.01;   ///< that the score may be than the peer's, as a share of it
    bool isLowBetter = false;  ///< of the score
    bool isRowLimited = false; ///< fitted on the first rows alone: support vectors

    /// Result: {"fitSeconds", "predictSeconds", "score"}.
    Result<Json> (*fit)(const std::string& file, int threads);
};

std::vector<LearnerCase> learnerSuite();

/// Writes the table of the suite, the same for the same number of rows: a machine's transitions, 15 columns of 2 to 8 categories
/// (one-hot: about 90), and whether they are possible. Four fifths are for training.
/// File: int32 rows, columns, training rows, classes; int32 categories of each column; float32 values column by column; float32
/// targets.
Result<void> writeLearnerTable(const std::string& file, std::size_t rows);

/// Seconds to read the inputs of the table once from memory: less no learner can take.
Result<double> measureTableFloor(const std::string& file);

} // namespace ty::engine
