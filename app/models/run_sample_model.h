#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QCache>
#include <QPixmap>
#include <QSet>

#include "app/models/run_paper.h"
#include "app/services/dataset_service.h"
#include "engine/base/sample_fixes.h"

namespace ty::app {

/// The evaluated samples of a run, filtered and ordered as the Samples tab wants them. Column 0 carries the picture
/// and the badge that ImageGrid shows.
class RunSampleModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Picture, True, Predicted, Confidence, Loss, Flag, ColumnCount };
    enum class Show { All, Wrong, LeastSure, SureButWrong, Duplicates };

    explicit RunSampleModel(DatasetService& datasets, QObject* parent = nullptr);

    void setPart(const PartPaper* part); ///< kept by the caller; null: nothing
    void setDataset(DatasetHandle dataset);
    /// Whether samples are pictures, which are told apart by sight; else column 0 names them.
    void setPictured(bool isPictured) { m_isPictured = isPictured; }
    void setShow(Show show);
    /// Only samples of this cell of the confusion matrix; empty texts: any.
    void setCell(const QString& truth, const QString& predicted);
    /// Only these samples, by their places in the part (a brush over a plot); empty: all.
    void setBrush(std::vector<int> places);
    /// What the person corrected: shown as flags and badges.
    void setFixes(SampleFixes fixes);
    const SampleRow* rowAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void rebuild();
    QString task() const; ///< of the part's evaluation
    bool areThereClasses() const;
    void request(quint64 sample) const;
    void seekDuplicates();
    QString flagOf(const SampleRow& row) const;

    DatasetService& m_datasets;
    DatasetHandle m_dataset;
    const PartPaper* m_part = nullptr;
    bool m_isPictured = false;
    Show m_show = Show::All;
    QString m_truth;
    QString m_predicted;
    std::vector<int> m_brush; ///< ascending
    SampleFixes m_fixes;
    std::vector<int> m_shown;
    std::vector<int> m_sameAs; ///< as findDuplicates(); empty: not sought yet
    // Filled while views ask for data.
    mutable QCache<quint64, QPixmap> m_pictures;
    mutable QSet<quint64> m_requested;
};

} // namespace ty::app
