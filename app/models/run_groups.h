#pragma once

#include <map>
#include <string>
#include <vector>

#include <QString>
#include <QStringList>

#include "app/catalog/records.h"

namespace ty::app {

/// What runs are grouped by.
struct Grouping {
    enum class Kind {
        AllButSeed, ///< runs that differ in their seed alone are one group
        Dataset, Learner, Preset, Device,
        Setting ///< of the learner, `setting`
    } kind = Kind::AllButSeed;
    std::string setting;

    bool operator==(const Grouping&) const = default;
    QString title() const;
    /// "seed", "dataset", ..., "setting:learningRate"; for saved views.
    std::string key() const;
    static Grouping fromKey(const std::string& key);
};

/// Mean and standard deviation (n - 1) of those values that are known.
struct Spread {
    int count = 0;
    double mean = catalog::kUnknown;
    double deviation = catalog::kUnknown; ///< NaN with fewer than two values

    static Spread of(const std::vector<double>& values);
    /// "0.912 ± 0.004"; "-" when nothing is known.
    QString text() const;
};

struct RunGroup {
    QString name;
    std::vector<qint64> runs; ///< in the order given
    QString metric;           ///< what `best` and `last` are about; empty when the runs differ in it or none has one
    Spread best;
    Spread last;
    Spread seconds;
    Spread epochs;
};

/// Setting -> run -> its value as text (Catalog::settingOfRuns).
using SettingValues = std::map<std::string, std::map<std::int64_t, std::string>>;

/// Largest groups first. The names of groups "all but seed" tell only what differs between them.
std::vector<RunGroup> groupRuns(
    const std::vector<catalog::RunRecord>& runs, const Grouping& grouping, const SettingValues& settings);

} // namespace ty::app
