#include "app/models/sample_grid_model.h"

#include <algorithm>
#include <utility>

#include "engine/data/dataset.h"
#include "widgets/image_grid.h"

namespace ty::app {

namespace {
constexpr int kPicturesKept = 4000;
constexpr int kSmallestEdge = 96;
} // namespace

SampleGridModel::SampleGridModel(DatasetService& service, QObject* parent)
    : QAbstractListModel(parent)
    , m_service(service)
    , m_pictures(kPicturesKept)
{
}

void SampleGridModel::setDataset(DatasetHandle dataset)
{
    m_dataset = std::move(dataset);
    m_class = -1;
    m_areCorrectedAlone = false;
    m_corrected = {};
    m_pictures.clear();
    m_requested.clear();
    rebuild();
}

void SampleGridModel::setShown(int classIndex, bool areCorrectedAlone)
{
    if (m_class != classIndex || m_areCorrectedAlone != areCorrectedAlone || areCorrectedAlone) {
        m_class = classIndex;
        m_areCorrectedAlone = areCorrectedAlone;
        rebuild();
    }
}

void SampleGridModel::setCorrections(CorrectedSamples corrected)
{
    m_corrected = std::move(corrected);
    if (rowCount() > 0) {
        emit dataChanged(index(0), index(rowCount() - 1), {widgets::ImageGrid::kBadgeRole, Qt::ToolTipRole, Qt::AccessibleTextRole});
    }
}

void SampleGridModel::setSamples(std::vector<std::uint32_t> samples)
{
    beginResetModel();
    m_samples = std::move(samples);
    endResetModel();
}

void SampleGridModel::rebuild()
{
    beginResetModel();
    m_samples = m_dataset ? shownSamples(*m_dataset, m_corrected, m_class, m_areCorrectedAlone) : std::vector<std::uint32_t>();
    endResetModel();
}

QString SampleGridModel::className(std::int32_t index) const
{
    const auto& classes = m_dataset->info().classes;
    return index >= 0 && static_cast<std::size_t>(index) < classes.size()
        ? QString::fromStdString(classes[static_cast<std::size_t>(index)].name)
        : QString();
}

int SampleGridModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_samples.size());
}

QVariant SampleGridModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto sample = m_samples[static_cast<std::size_t>(index.row())];
    const auto label = [&] { return className(m_dataset->classOf(sample)); };
    const auto correction = [&]() -> QString {
        return !m_corrected.contains(sample)    ? QString()
            : m_corrected.isLeftOut(sample)     ? tr("left out")
                                                : tr("→ %1").arg(className(m_corrected.classOf(*m_dataset, sample)));
    };
    switch (role) {
    case Qt::DecorationRole:
        if (const auto* picture = m_pictures.object(sample); picture != nullptr) {
            return *picture;
        }
        request(sample);
        return {};
    case Qt::DisplayRole: return label();
    case widgets::ImageGrid::kBadgeRole: return m_corrected.isLeftOut(sample) ? QStringLiteral("✕") : correction();
    case Qt::ToolTipRole: {
        const QString id = QString::fromStdString(m_dataset->sampleId(sample));
        return m_corrected.contains(sample) ? tr("%1\n%2 %3").arg(id, label(), correction()) : id;
    }
    case Qt::AccessibleTextRole:
        return m_corrected.contains(sample) ? tr("%1, sample %2, %3").arg(label()).arg(sample + 1).arg(correction())
                                            : tr("%1, sample %2").arg(label()).arg(sample + 1);
    case SampleRole: return static_cast<qulonglong>(sample);
    default: return {};
    }
}

void SampleGridModel::request(quint64 sample) const
{
    if (m_requested.contains(sample)) {
        return;
    }
    m_requested.insert(sample);
    auto* self = const_cast<SampleGridModel*>(this);
    m_service.thumbnail(m_dataset, sample, self, [self, dataset = m_dataset](quint64 which, const QImage& image) {
        if (dataset == self->m_dataset) {
            self->onThumbnail(which, image);
        }
    });
}

void SampleGridModel::onThumbnail(quint64 sample, const QImage& image)
{
    m_requested.remove(sample);
    auto picture = QPixmap::fromImage(image);
    if (image.isNull()) {
        picture = QPixmap(1, 1); // unreadable: an empty frame, and no second request
        picture.fill(Qt::transparent);
    } else if (image.width() < kSmallestEdge) {
        // Small pictures are enlarged without smoothing: their pixels are the data.
        const int factor = std::max(1, kSmallestEdge / std::max(1, image.width()));
        picture = picture.scaled(image.size() * factor, Qt::KeepAspectRatio, Qt::FastTransformation);
    }
    m_pictures.insert(sample, new QPixmap(picture));
    const auto at = std::lower_bound(m_samples.begin(), m_samples.end(), static_cast<std::uint32_t>(sample));
    if (at != m_samples.end() && *at == sample) {
        const auto row = index(static_cast<int>(at - m_samples.begin()));
        emit dataChanged(row, row, {Qt::DecorationRole});
    }
}

} // namespace ty::app
