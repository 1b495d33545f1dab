#include "app/services/drop_glance.h"

#include <QCoreApplication>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QLocale>
#include <QSet>

#include "engine/data/dataset.h"

namespace ty::app {

namespace {
constexpr qint64 kLongestLookMs = 1000;

QString tr(const char* text, int n = -1)
{
    return QCoreApplication::translate("DropGlance", text, nullptr, n);
}

bool isPicture(const QString& suffix)
{
    static const QSet<QString> kSuffixes{QStringLiteral("png"), QStringLiteral("jpg"), QStringLiteral("jpeg")};
    return kSuffixes.contains(suffix.toLower());
}

DropGlance glanceAtFolder(const QString& folder, const std::stop_token& stop)
{
    QElapsedTimer clock;
    clock.start();
    QSet<QString> classes;
    int pictures = 0;
    bool isWhole = true;
    QDirIterator walk(folder, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        walk.next();
        if (isPicture(walk.fileInfo().suffix())) {
            ++pictures;
            // The last folder's name is the class whether or not train/ and test/ lie above it.
            classes.insert(QFileInfo(walk.fileInfo().path()).fileName());
        }
        if (clock.elapsed() > kLongestLookMs || stop.stop_requested()) {
            isWhole = false;
            break;
        }
    }
    if (pictures == 0) {
        return {};
    }
    const auto count = QLocale().toString(pictures);
    const auto images = isWhole ? tr("%1 images").arg(count) : tr("more than %1 images").arg(count);
    return {true, tr("%n class(es)", static_cast<int>(classes.size())) + QStringLiteral(", ") + images};
}

QString describe(const engine::Preview& preview)
{
    const auto& info = preview.info;
    const auto samples = QLocale().toString(static_cast<qulonglong>(info.samples));
    if (info.kind == engine::DataKind::Image) {
        return tr("%n class(es)", static_cast<int>(info.classes.size())) + QStringLiteral(", ")
            + (preview.isComplete ? tr("%1 images") : tr("about %1 images")).arg(samples);
    }
    const auto rows = preview.isComplete ? tr("%1 rows") : tr("about %1 rows");
    auto text = rows.arg(samples) + QStringLiteral(", ")
        + tr("%n column(s)", static_cast<int>(info.columns.size()));
    if (!info.target.empty()) {
        text += QStringLiteral(", ") + tr("target %1").arg(QString::fromStdString(info.target));
    }
    return text;
}
} // namespace

bool isNetworkName(const QString& path)
{
    return path.endsWith(QLatin1String(".onnx"), Qt::CaseInsensitive)
        || path.endsWith(QLatin1String(".safetensors"), Qt::CaseInsensitive);
}

DropGlance glanceAt(const QStringList& paths, const std::stop_token& stop)
{
    if (paths.isEmpty()) {
        return {};
    }
    const QFileInfo first(paths.front());
    if (first.isDir()) {
        if (auto glance = glanceAtFolder(first.absoluteFilePath(), stop); glance.isUnderstood) {
            return glance;
        }
    }
    if (isNetworkName(first.fileName())) {
        return {true, tr("a trained network, %1").arg(QLocale().formattedDataSize(first.size(), 1))};
    }
    engine::OpenOptions options;
    options.areDuplicatesSought = false;
    options.stop = stop;
    const auto preview = engine::previewDataset(first.absoluteFilePath().toStdString(), options);
    if (!preview) {
        return {false, QString::fromStdString(preview.error().message)};
    }
    return {true, describe(preview.value())};
}

} // namespace ty::app
