#pragma once

#include <vector>

#include <QStringList>
#include <QWidget>

#include "app/catalog/records.h"

class QLabel;
class QStandardItemModel;
class QTableView;

namespace ty::app {

struct AppContext;

/// Settings and best metrics of the selected runs side by side; "only differences" by default. One run, with a mark in
/// the header, is the baseline.
class RunCompare : public QWidget {
    Q_OBJECT
public:
    explicit RunCompare(AppContext& context, QWidget* parent = nullptr);

    void setRuns(const std::vector<catalog::RunRecord>& runs);
    /// The run that the others are measured against; the first of them if it is not among them.
    void setBaseline(qint64 runId);
    QStandardItemModel* model() const { return m_model; }
    /// The table as Markdown.
    QString toMarkdown() const;

private:
    void fill();
    qsizetype baselinePlace() const;
    void addRow(const QString& name, const QStringList& cells, const QString& note = {});

    AppContext& m_context;
    QStandardItemModel* m_model;
    QTableView* m_view;
    QLabel* m_hint;
    std::vector<catalog::RunRecord> m_runs;
    qint64 m_baseline = 0;
    std::vector<Json> m_settings; ///< of m_runs, as last loaded
    bool m_isOnlyDifferences = true;
};

} // namespace ty::app
