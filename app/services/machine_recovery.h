#pragma once

#include <cstdint>
#include <set>

#include <QObject>
#include <QTimer>

#include "app/provisioning/open_operations.h"

namespace ty::app {

class CatalogService;
class MachineService;

/// Looks into the provisioning journal when the catalog opens and every half minute after that, and has whatever no program
/// works on taken up: what a crash cut off, and what waited for the network or a sign-in. An empty journal starts nothing.
class MachineRecovery : public QObject {
    Q_OBJECT
public:
    /// Both outlive this.
    MachineRecovery(CatalogService& catalog, MachineService& machines, QObject* parent = nullptr);

private:
    void look(bool isStart);
    void onRead(const Result<std::vector<OpenOperation>>& open, bool isStart);

    CatalogService& m_catalog;
    MachineService& m_machines;
    std::set<std::int64_t> m_seen; ///< open at the last look
    QTimer m_timer;
};

} // namespace ty::app
