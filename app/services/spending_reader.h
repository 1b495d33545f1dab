#pragma once

#include <map>
#include <string>

#include <QObject>
#include <QString>
#include <QTimer>

#include "app/models/machine_row.h"

namespace ty::app {

class CatalogService;
class MachineService;

/// What the machines of the account in front cost now, today and this month, as it is counted from the states that their
/// cloud confirmed. Read from the catalog while somebody looks.
class SpendingReader : public QObject {
    Q_OBJECT
public:
    /// All outlive this.
    SpendingReader(CatalogService& catalog, MachineService& machines, QObject* parent = nullptr);

    void setWatched(bool isWatched);
    void look();

signals:
    /// By the mark of the machine's creation.
    void read(const std::map<std::string, ty::app::MachineSpending>& spending);

private:
    CatalogService& m_catalog;
    MachineService& m_machines;
    QTimer m_timer;
    bool m_isReading = false;
};

} // namespace ty::app
