#pragma once

#include <cstdint>
#include <vector>

#include <QAbstractTableModel>

#include "app/models/corrected_samples.h"
#include "app/services/dataset_service.h"

namespace ty::app {

/// The rows of an opened table, read when somebody looks at them: all of them, or those of one class. Corrections are shown in the
/// column of the target.
class DatasetRowsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit DatasetRowsModel(QObject* parent = nullptr);

    /// Null: nothing.
    void setDataset(DatasetHandle dataset);
    /// -1: any class.
    void setShown(int classIndex, bool areCorrectedAlone);
    /// The same rows stay, so that what was corrected does not jump away.
    void setCorrections(CorrectedSamples corrected);
    /// Number of the sample in a row; the row exists.
    std::uint32_t sampleAt(int row) const { return m_samples[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();
    QString cell(std::uint32_t sample, int column) const;

    DatasetHandle m_dataset;
    CorrectedSamples m_corrected;
    int m_class = -1;
    bool m_areCorrectedAlone = false;
    int m_target = -1; ///< column; -1: none
    std::vector<std::uint32_t> m_samples; ///< row -> sample
};

} // namespace ty::app
