#include "app/models/run_sample_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QMetaObject>
#include <QPointer>
#include <QThreadPool>

#include "app/models/duplicate_samples.h"
#include "app/models/run_format.h"
#include "widgets/image_grid.h"

namespace ty::app {

namespace {
constexpr int kPicturesKept = 4000;
constexpr double kSure = 0.9;
} // namespace

RunSampleModel::RunSampleModel(DatasetService& datasets, QObject* parent)
    : QAbstractTableModel(parent)
    , m_datasets(datasets)
    , m_pictures(kPicturesKept)
{
}

void RunSampleModel::setPart(const PartPaper* part)
{
    m_part = part;
    m_sameAs.clear();
    m_brush.clear();
    m_dataset.reset();
    m_pictures.clear();
    m_requested.clear();
    rebuild();
}

void RunSampleModel::setDataset(DatasetHandle dataset)
{
    m_dataset = std::move(dataset);
    if (!m_shown.empty()) {
        emit dataChanged(index(0, Picture), index(rowCount() - 1, Picture), {Qt::DecorationRole});
    }
    if (m_show == Show::Duplicates) {
        seekDuplicates();
    }
}

void RunSampleModel::seekDuplicates()
{
    if (!m_dataset || m_part == nullptr || !m_sameAs.empty()) {
        return;
    }
    std::vector<quint64> samples;
    for (const SampleRow& row : m_part->samples) {
        samples.push_back(row.sample);
    }
    QThreadPool::globalInstance()->start(
        [self = QPointer<RunSampleModel>(this), service = QPointer<DatasetService>(&m_datasets), dataset = m_dataset,
         samples = std::move(samples)] {
            auto sameAs = findDuplicates(*dataset, samples);
            if (!service) {
                return;
            }
            // Delivered through a service, which outlives every model.
            QMetaObject::invokeMethod(
                service.data(),
                [self, dataset, sameAs = std::move(sameAs)]() mutable {
                    if (self && self->m_dataset == dataset) {
                        self->m_sameAs = std::move(sameAs);
                        self->rebuild();
                    }
                },
                Qt::QueuedConnection);
        });
}

void RunSampleModel::setBrush(std::vector<int> places)
{
    std::sort(places.begin(), places.end());
    m_brush = std::move(places);
    rebuild();
}

void RunSampleModel::setFixes(SampleFixes fixes)
{
    m_fixes = std::move(fixes);
    if (!m_shown.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

QString RunSampleModel::flagOf(const SampleRow& row) const
{
    const std::string id = row.id.toStdString();
    if (m_fixes.excluded.contains(id)) {
        return tr("left out");
    }
    const auto label = m_fixes.labels.find(id);
    return label == m_fixes.labels.end() ? QString() : QStringLiteral("→ ") + QString::fromStdString(label->second);
}

void RunSampleModel::setShow(Show show)
{
    m_show = show;
    if (show == Show::Duplicates) {
        seekDuplicates();
    }
    rebuild();
}

void RunSampleModel::setCell(const QString& truth, const QString& predicted)
{
    m_truth = truth;
    m_predicted = predicted;
    rebuild();
}

QString RunSampleModel::task() const
{
    return m_part != nullptr && m_part->isThere()
        ? QString::fromStdString(m_part->report.value("task", std::string("classification")))
        : QStringLiteral("classification");
}

bool RunSampleModel::areThereClasses() const
{
    return task() == QLatin1String("classification");
}

void RunSampleModel::rebuild()
{
    beginResetModel();
    m_shown.clear();
    if (m_part != nullptr) {
        const auto& samples = m_part->samples;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const SampleRow& row = samples[i];
            const bool isWanted = m_show == Show::All || m_show == Show::LeastSure
                || (m_show == Show::Wrong && (row.isWrong || !areThereClasses()))
                || (m_show == Show::SureButWrong && row.isWrong && row.confidence >= kSure)
                || (m_show == Show::Duplicates && i < m_sameAs.size() && m_sameAs[i] >= 0);
            const bool isOfCell = (m_truth.isEmpty() || row.truth == m_truth)
                && (m_predicted.isEmpty() || row.predicted == m_predicted);
            const bool isBrushed
                = m_brush.empty() || std::binary_search(m_brush.begin(), m_brush.end(), static_cast<int>(i));
            if (isWanted && isOfCell && isBrushed) {
                m_shown.push_back(static_cast<int>(i));
            }
        }
        const auto at = [&samples](int i) -> const SampleRow& { return samples[static_cast<std::size_t>(i)]; };
        if (m_show == Show::LeastSure && areThereClasses()) {
            std::stable_sort(m_shown.begin(), m_shown.end(), [&at](int a, int b) {
                return at(a).confidence < at(b).confidence;
            });
        } else if (m_show == Show::Duplicates) {
            std::stable_sort(m_shown.begin(), m_shown.end(), [this](int a, int b) {
                return m_sameAs[static_cast<std::size_t>(a)] < m_sameAs[static_cast<std::size_t>(b)];
            });
        } else if (m_show != Show::All) {
            std::stable_sort(m_shown.begin(), m_shown.end(), [&at](int a, int b) { return at(a).loss > at(b).loss; });
        }
    }
    endResetModel();
}

const SampleRow* RunSampleModel::rowAt(int row) const
{
    if (row < 0 || row >= rowCount()) {
        return nullptr;
    }
    return &m_part->samples[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])];
}

int RunSampleModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int RunSampleModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunSampleModel::data(const QModelIndex& index, int role) const
{
    const SampleRow* row = index.isValid() ? rowAt(index.row()) : nullptr;
    if (row == nullptr) {
        return {};
    }
    const bool isGrouped = task() == QLatin1String("grouping");
    const QString verdict = isGrouped ? row->predicted
        : task() == QLatin1String("regression") ? tr("%1, predicted %2").arg(row->truth, row->predicted)
        : !areThereClasses()                                      ? tr("error %1").arg(metricText(row->loss))
        : row->isWrong                                            ? tr("%1, taken for %2").arg(row->truth, row->predicted)
                                                                  : tr("%1, right").arg(row->truth);
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Picture: return m_isPictured && row->isWrong ? tr("%1 ≠ %2").arg(row->truth, row->predicted) : row->id;
        case True: return row->truth;
        case Predicted: return row->predicted;
        case Confidence: return std::isfinite(row->confidence) ? percentText(row->confidence) : QStringLiteral("-");
        case Loss: return std::isfinite(row->loss) ? metricText(row->loss) : QStringLiteral("-");
        case Flag: return flagOf(*row);
        default: return {};
        }
    case Qt::DecorationRole:
        if (index.column() == Picture && m_dataset) {
            if (const QPixmap* picture = m_pictures.object(row->sample)) {
                return *picture;
            }
            request(row->sample);
        }
        return {};
    case widgets::ImageGrid::kBadgeRole:
        if (const QString flag = flagOf(*row); !flag.isEmpty()) {
            return m_fixes.excluded.contains(row->id.toStdString()) ? QStringLiteral("✕") : flag;
        }
        return row->isWrong ? QStringLiteral("≠ ") + row->predicted : QVariant();
    case Qt::ToolTipRole: {
        QString text = row->id + QLatin1Char('\n') + verdict;
        if (std::isfinite(row->confidence)) {
            text += tr("\n%1 sure").arg(percentText(row->confidence));
        }
        if (const QString flag = flagOf(*row); !flag.isEmpty()) {
            text += QLatin1Char('\n') + flag;
        }
        return text;
    }
    case Qt::AccessibleTextRole:
        if (index.column() != Picture) {
            return {};
        }
        return flagOf(*row).isEmpty() ? row->id + QStringLiteral(": ") + verdict
                                      : row->id + QStringLiteral(": ") + verdict + QStringLiteral(", ") + flagOf(*row);
    case Qt::TextAlignmentRole:
        return index.column() == Confidence || index.column() == Loss ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    default: return {};
    }
}

QVariant RunSampleModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Picture: return tr("Sample");
    case True: return tr("True");
    case Predicted: return tr("Predicted");
    case Confidence: return tr("Confidence");
    case Loss: return task() == QLatin1String("regression") ? tr("Off by") : tr("Loss");
    case Flag: return tr("Correction");
    default: return {};
    }
}

void RunSampleModel::request(quint64 sample) const
{
    if (m_requested.contains(sample)) {
        return;
    }
    m_requested.insert(sample);
    auto* self = const_cast<RunSampleModel*>(this); // the answer changes the cache, not what the model says
    m_datasets.thumbnail(m_dataset, sample, self, [self](quint64 arrived, const QImage& image) {
        if (image.isNull()) {
            return;
        }
        self->m_pictures.insert(arrived, new QPixmap(QPixmap::fromImage(image)));
        for (int row = 0; row < self->rowCount(); ++row) {
            if (self->rowAt(row)->sample == arrived) {
                emit self->dataChanged(self->index(row, Picture), self->index(row, Picture), {Qt::DecorationRole});
                return;
            }
        }
    });
}

} // namespace ty::app
