#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QColor>
#include <QHash>
#include <QString>

#include "app/catalog/records.h"
#include "app/models/run_filter.h"

namespace ty::app {

/// The rows of the Runs page, filtered and sorted here (no proxy): 10,000 runs in a few milliseconds.
/// Edits are not made here but told: renameRequested, tagsRequested, starRequested.
class RunTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Color, Star, Name, State, Dataset, Preset, Best, Last, Gap, Epochs, Duration, QueueWait, Where, Cost, Size,
        Tags, Started, Learner, Parameters, Seed, FixedColumns
    };
    enum Role { IdRole = Qt::UserRole, SortRole };

    /// A column beside the fixed ones: a setting, or the minimum, maximum or last value of a metric.
    struct ExtraColumn {
        enum class Kind { Setting, Minimum, Maximum, LastValue } kind = Kind::Setting;
        std::string name;
        bool operator==(const ExtraColumn&) const = default;
        QString title() const;
    };

    explicit RunTableModel(QObject* parent = nullptr);

    void setRuns(std::vector<catalog::RunRecord> runs);
    void setFilter(RunFilter filter);
    /// What filter and extra columns look up.
    void setFacts(RunFacts facts);
    void setExtraColumns(std::vector<ExtraColumn> columns);
    const std::vector<ExtraColumn>& extraColumns() const { return m_extra; }
    /// Which runs are drawn below, and how.
    void setColors(const QHash<qint64, QColor>& colors);

    const RunFilter& filter() const { return m_filter; }
    /// Null: no such row.
    const catalog::RunRecord* runAt(const QModelIndex& index) const;
    QModelIndex indexOf(qint64 runId, int column = Name) const;
    /// Those that the filter lets through, in the order of the table.
    std::vector<catalog::RunRecord> shownRuns() const;
    int totalCount() const { return static_cast<int>(m_runs.size()); }
    static QString columnTitle(int column);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

signals:
    void renameRequested(qint64 runId, const QString& name);
    void tagsRequested(qint64 runId, const QStringList& tags);

private:
    struct Key;
    QVariant text(const catalog::RunRecord& run, int column) const;
    QString extraText(const catalog::RunRecord& run, const ExtraColumn& column) const;
    double extraNumber(const catalog::RunRecord& run, const ExtraColumn& column) const;
    Key keyOf(const catalog::RunRecord& run) const;
    void rearrange();

    std::vector<catalog::RunRecord> m_runs;
    std::vector<int> m_shown; ///< row -> index into m_runs
    RunFilter m_filter;
    RunFacts m_facts;
    std::vector<ExtraColumn> m_extra;
    QHash<qint64, QColor> m_colors;
    int m_sortColumn = Started;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
};

} // namespace ty::app
