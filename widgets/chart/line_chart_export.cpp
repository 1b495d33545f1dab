// A chart as picture, drawing and numbers.
#include <QBuffer>
#include <QImage>

#include "widgets/chart/chart_snapshot.h"
#include "widgets/chart/line_chart_parts.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

QByteArray bytesOf(const ChartSnapshot& snapshot, ExportFormat format)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    snapshot.write(buffer, format);
    return bytes;
}

} // namespace

ChartSnapshot LineChart::snapshot(const QSize& size) const
{
    ChartScene& scene = m_parts->scene();
    scene.prepare();
    return {
        scene,
        colorsFor(*this),
        font(),
        size.isValid() ? size : m_parts->canvas->size().expandedTo({640, 360})};
}

QImage LineChart::renderImage(const QSize& size, double pixelRatio) const
{
    return snapshot(size).plotImage(pixelRatio);
}

QByteArray LineChart::toSvg(const QSize& size) const
{
    return bytesOf(snapshot(size), ExportFormat::Svg);
}

QString LineChart::toCsv() const
{
    return QString::fromUtf8(bytesOf(snapshot(), ExportFormat::Csv));
}

QByteArray LineChart::exportBytes(ExportFormat format) const
{
    return bytesOf(snapshot(), format);
}

} // namespace ty::widgets
