#pragma once

#include <cstdint>
#include <vector>

#include <QAbstractListModel>
#include <QCache>
#include <QPixmap>
#include <QSet>

#include "app/models/corrected_samples.h"
#include "app/services/dataset_service.h"

namespace ty::app {

/// The pictures of a dataset, decoded when somebody looks at them. All samples or those of one class.
class SampleGridModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { SampleRole = Qt::UserRole };

    explicit SampleGridModel(DatasetService& service, QObject* parent = nullptr);

    /// Null: nothing.
    void setDataset(DatasetHandle dataset);
    /// -1: all.
    void setClass(int classIndex) { setShown(classIndex, false); }
    void setShown(int classIndex, bool areCorrectedAlone);
    /// As badges; the same pictures stay, so that what was corrected does not jump away.
    void setCorrections(CorrectedSamples corrected);
    std::uint32_t sampleAt(int row) const { return m_samples[static_cast<std::size_t>(row)]; }
    /// These alone, ascending, whatever their class.
    void setSamples(std::vector<std::uint32_t> samples);
    int classIndex() const { return m_class; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void rebuild();
    QString className(std::int32_t index) const;
    void request(quint64 sample) const;
    void onThumbnail(quint64 sample, const QImage& image);

    DatasetService& m_service;
    DatasetHandle m_dataset;
    CorrectedSamples m_corrected;
    int m_class = -1;
    bool m_areCorrectedAlone = false;
    std::vector<std::uint32_t> m_samples; ///< row -> sample
    // Filled while views ask for data.
    mutable QCache<quint64, QPixmap> m_pictures;
    mutable QSet<quint64> m_requested;
};

} // namespace ty::app
