#pragma once

#include <functional>
#include <vector>

#include <QMetaType>
#include <QString>

#include "app/models/dataset_summary.h"
#include "engine/base/run_spec.h"

namespace ty::app {

/// One thing that can be done about a problem of a dataset: a change of how the data is read, never of the data.
struct ProblemFix {
    QString label; ///< of its button: a verb
    QString done;  ///< what the toast says afterwards
    std::function<void(DataSpec&)> apply;
};

/// The usual one first; empty where Trainyard has done already what can be done.
std::vector<ProblemFix> fixesFor(const ProblemSummary& problem, const DatasetSummary& summary);
/// Takes back what dealt with `problem`, which is in DatasetSummary::repaired.
ProblemFix takeBack(const ProblemSummary& problem);
/// What is done about a problem that is in DatasetSummary::repaired, as a sentence.
QString repairText(const ProblemSummary& problem, const DataRepairs& repairs);

} // namespace ty::app

Q_DECLARE_METATYPE(ty::app::ProblemFix)
