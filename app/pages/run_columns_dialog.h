#pragma once

#include <vector>

#include <QDialog>
#include <QSet>
#include <QStringList>

#include "app/models/run_table_model.h"

class QListWidget;

namespace ty::app {

/// Which columns the Runs table shows: the fixed ones, any setting, minimum and maximum of any metric.
class RunColumnsDialog : public QDialog {
    Q_OBJECT
public:
    RunColumnsDialog(
        const QSet<int>& hidden,
        const std::vector<RunTableModel::ExtraColumn>& extra,
        const QStringList& settings,
        const QStringList& metrics,
        QWidget* parent = nullptr);

    QSet<int> hidden() const;
    std::vector<RunTableModel::ExtraColumn> extra() const;

private:
    QListWidget* m_list;
    std::vector<RunTableModel::ExtraColumn> m_offered;
};

} // namespace ty::app
