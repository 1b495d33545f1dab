#pragma once

#include <QString>

#include "engine/base/json.h"

namespace ty::app {

class SettingsService;
struct DatasetSummary;

/// What decides how long a run takes.
struct TrainWork {
    /// Networks of one kind are off by about the same factor: "image", "table", "words"; so are runs of one other learner: "svm".
    QString kind;
    double epochSeconds = 0; ///< by the operations alone; 0: not known
    bool isNetwork = true;   ///< whose operations are known beforehand
    int epochs = 0;
};

/// The work of a run that is about to begin.
/// @param settings  of the learner, those that were changed over those of the preset
/// @param own       the run's own network, or null
TrainWork
trainWorkOf(const DatasetSummary& data, const QString& learner, const Json& settings, const Json& own, qint64 samples);

/// How long runs take here: the operations of the network at rates that were measured elsewhere, corrected by every run that
/// has ended on this computer.
class TrainEstimate {
public:
    explicit TrainEstimate(SettingsService& settings) : m_settings(settings) {}

    double seconds(const TrainWork& work) const;
    /// A run of this work took that long, for as many epochs as it says.
    void learn(const TrainWork& work, double seconds);
    /// True once a run like this has been measured here.
    bool isMeasured(const TrainWork& work) const;
    /// Whether seconds() is worth telling: of other learners than networks only what is short or was measured.
    bool isTold(const TrainWork& work) const;

private:
    SettingsService& m_settings;
};

} // namespace ty::app
