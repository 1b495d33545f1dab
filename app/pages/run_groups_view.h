#pragma once

#include <vector>

#include <QWidget>

#include "app/models/run_groups.h"

class QComboBox;
class QStandardItemModel;
class QTableView;

namespace ty::app {

struct AppContext;

/// The runs of the table in groups, with mean ± standard deviation; a chosen group is selected in the table.
class RunGroupsView : public QWidget {
    Q_OBJECT
public:
    explicit RunGroupsView(AppContext& context, QWidget* parent = nullptr);

    /// The runs that the table shows.
    void setRuns(std::vector<catalog::RunRecord> runs, const QStringList& settingNames);
    Grouping grouping() const;
    void setGrouping(const Grouping& grouping);
    QStandardItemModel* model() const { return m_model; }
    QTableView* table() const { return m_table; }
    QComboBox* choice() const { return m_choice; }

signals:
    void groupChosen(const std::vector<qint64>& runs);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void load();
    void fill(const SettingValues& settings);

    AppContext& m_context;
    std::vector<catalog::RunRecord> m_runs;
    QStringList m_settingNames;
    std::vector<RunGroup> m_groups;
    QComboBox* m_choice;
    QStandardItemModel* m_model;
    QTableView* m_table;
    bool m_isStale = true;
};

} // namespace ty::app
