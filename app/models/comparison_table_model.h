#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"

namespace ty::app {

/// What `trainyard-run compare --json` told, while it tells and after: of one subject a row a learner, the best first, the baseline
/// among them; of several a row a subject with the columns of the state-transition experiment, and their mean weighted by examples.
class ComparisonTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void clear();
    /// A run that has ended: {"subject", "learner", "label", "metrics", "examples", "seconds", "problem"}.
    void addRun(const Json& run);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    QString toMarkdown() const;
    QString toCsv() const;

private:
    struct Run {
        QString subject;
        QString learner;
        QString label;
        QString problem;
        Json metrics;
        double examples = 0;
        double seconds = 0;
    };
    struct Cell {
        QString text;
        QString help;
        bool isNumber = false;
        bool isBest = false;
        bool isQuiet = false; ///< the baseline, or a run that failed
    };

    void layOut();
    void layOutLearners(const QStringList& metrics);
    void layOutSubjects(const QStringList& metrics);

    std::vector<Run> m_runs;
    QStringList m_headings;
    std::vector<std::vector<Cell>> m_cells;
};

} // namespace ty::app
