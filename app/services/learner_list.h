#pragma once

#include <functional>
#include <map>
#include <vector>

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/parameter.h"
#include "engine/base/result.h"

namespace ty::app {

/// A way to learn as the form shows it.
struct LearnerInfo {
    QString name;  ///< "network"
    QString label; ///< "Neural network"
    QString help;
    QString family; ///< what it is listed under: "Trees"
    ParameterTable parameters;
    std::map<std::string, Json> presets; ///< "fast", "balanced", "best": what each changes from the table's defaults
    QStringList tasks; ///< "classification", "regression"; empty: all
    QStringList kinds; ///< "table", "image"; empty: all
    int mostClasses = 0; ///< that it can tell apart; 0: any number

    /// @param classes  that there are to tell apart; 0: none, or not known
    bool canLearn(const QString& task, const QString& kind, std::size_t classes = 0) const;
    /// That what it finds without a target are groups, which can be judged; not single rows that differ from all others.
    bool areGroupsFound() const;
    /// The defaults with the preset's values over them.
    Json presetValues(const std::string& preset) const;
};

using Learners = std::vector<LearnerInfo>;
/// Those of them that can learn such data; as LearnerInfo::canLearn().
Learners fittingLearners(const Learners& learners, const QString& task, const QString& kind, std::size_t classes = 0);

/// What the runner on this computer can learn: `trainyard-run learners --json`, asked once for each kind and size of
/// data (presets depend on both) and remembered. GUI thread only.
class LearnerList : public QObject {
    Q_OBJECT
public:
    explicit LearnerList(QString program, QObject* parent = nullptr);

    /// @param kind  "table", "image"
    void ask(
        const QString& kind,
        qint64 samples,
        QObject* receiver,
        std::function<void(Result<Learners>)> then);

    static Result<Learners> fromJson(const Json& json);

private:
    QString m_program;
    QHash<QString, Learners> m_known;
};

} // namespace ty::app
