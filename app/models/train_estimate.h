#pragma once

#include <QString>

namespace ty::app {

class SettingsService;

/// What decides how long a run takes.
struct TrainWork {
    QString learner;
    QString size;         ///< the setting "size": "small", "medium", "large"; empty: none
    bool isImage = false;
    qint64 inputs = 0;    ///< numbers a sample: columns, or channels × height × width
    qint64 trainingSamples = 0;
    int epochs = 0;
};

/// How long runs take here: a rough formula, corrected by every run that has ended on this computer.
class TrainEstimate {
public:
    explicit TrainEstimate(SettingsService& settings) : m_settings(settings) {}

    double seconds(const TrainWork& work) const;
    /// A run of this work took that long, for as many epochs as it says.
    void learn(const TrainWork& work, double seconds);
    /// True once a run like this has been measured here.
    bool isMeasured(const TrainWork& work) const;

private:
    SettingsService& m_settings;
};

} // namespace ty::app
