#pragma once

#include <map>
#include <string>

#include <QObject>
#include <QString>
#include <QTimer>

#include "app/models/machine_row.h"

namespace ty::app {

class CatalogService;

/// What the machines of all accounts cost now, today and this month, as it is counted from the states that their clouds
/// confirmed. Read from the catalog while somebody looks.
class SpendingReader : public QObject {
    Q_OBJECT
public:
    /// `catalog` outlives this.
    explicit SpendingReader(CatalogService& catalog, QObject* parent = nullptr);

    void setWatched(bool isWatched);
    void look();

signals:
    /// By the mark of the machine's creation.
    void read(const std::map<std::string, ty::app::MachineSpending>& spending);

private:
    CatalogService& m_catalog;
    QTimer m_timer;
    bool m_isReading = false;
};

} // namespace ty::app
