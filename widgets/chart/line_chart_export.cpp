// A chart as picture, drawing and numbers.
#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>

#include "widgets/chart/line_chart_parts.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

QImage LineChart::renderImage(const QSize& size, double pixelRatio) const
{
    ChartScene& scene = m_parts->scene();
    scene.prepare();
    QImage image(size * pixelRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pixelRatio);
    QPainter painter(&image);
    painter.setFont(font());
    const ChartGeometry geometry = chartGeometry(scene, QSizeF(size), font());
    paintChart(painter, scene, geometry, colorsFor(*this), pixelRatio, PaintTarget::Screen);
    return image;
}

QByteArray LineChart::toSvg(const QSize& size) const
{
    ChartScene& scene = m_parts->scene();
    scene.prepare();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(scene.title);
    generator.setDescription(scene.spokenSummary());
    QPainter painter(&generator);
    painter.setFont(font());
    const ChartGeometry geometry = chartGeometry(scene, QSizeF(size), font());
    paintChart(painter, scene, geometry, colorsFor(*this), 1, PaintTarget::Vector);
    painter.end();
    return bytes;
}

QString LineChart::toCsv() const
{
    return chartCsv(m_parts->scene());
}

QByteArray LineChart::exportBytes(ExportFormat format) const
{
    const QSize size = m_parts->canvas->size().expandedTo({640, 360});
    switch (format) {
    case ExportFormat::Png: {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        renderImage(size).save(&buffer, "PNG");
        return bytes;
    }
    case ExportFormat::Svg:
        return toSvg(size);
    case ExportFormat::Csv:
        return toCsv().toUtf8();
    }
    return {};
}

} // namespace ty::widgets
