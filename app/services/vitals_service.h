#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include "app/models/machine_row.h"

namespace ty::app {

class MachineService;

/// What the machines on the screen used in the last hour. Each is asked about once a minute at most, and only while somebody
/// looks: a question counts against the provider's limit for readers.
class VitalsService : public QObject {
    Q_OBJECT
public:
    /// `shown`: the machines that are on the screen now. `machines` outlives this.
    VitalsService(MachineService& machines, std::function<std::vector<MachineRow>()> shown, QObject* parent = nullptr);

    void setWatched(bool isWatched);
    /// Looks soon whether a machine on the screen has not been asked about.
    void lookSoon();

signals:
    void read(const QString& key, const ty::app::MachineVitals& vitals);

private:
    void look();

    MachineService& m_machines;
    std::function<std::vector<MachineRow>()> m_shown;
    std::map<QString, qint64> m_asked; ///< when, ms since 1970; by the provider's id
    QTimer m_timer;
    QTimer m_soon;
    int m_asking = 0; ///< accounts that have not answered
    bool m_isWatched = false;
};

} // namespace ty::app
