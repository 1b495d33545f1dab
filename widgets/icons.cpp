#include "widgets/icons.h"

#include <cmath>

#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

namespace ty::widgets {

namespace {

QColor forMode(QColor color, QIcon::Mode mode)
{
    if (mode == QIcon::Disabled) {
        color.setAlphaF(0.45F * static_cast<float>(color.alphaF()));
    }
    return color;
}

/// Engine that draws anew for each size, so that icons stay sharp at every pixel ratio.
class DrawnIconEngine : public QIconEngine {
public:
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap result(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return result;
    }

    QPixmap scaledPixmap(
        const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        // `size` is already in device pixels.
        QPixmap result = pixmap(size, mode, state);
        result.setDevicePixelRatio(scale);
        return result;
    }
};

class SvgIconEngine : public DrawnIconEngine {
public:
    SvgIconEngine(const QString& resource, const QColor& color)
        : m_resource(resource), m_color(color), m_renderer(resource)
    {
    }

    bool isNull() override { return !m_renderer.isValid(); }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1;
        QImage image(
            QSize(
                static_cast<int>(std::ceil(rect.width() * ratio)),
                static_cast<int>(std::ceil(rect.height() * ratio))),
            QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter layer(&image);
        layer.setRenderHint(QPainter::Antialiasing);
        QSizeF drawn = m_renderer.defaultSize();
        drawn.scale(image.size(), Qt::KeepAspectRatio);
        QRectF target(QPointF(), drawn);
        target.moveCenter(QRectF(image.rect()).center());
        m_renderer.render(&layer, target);
        layer.setCompositionMode(QPainter::CompositionMode_SourceIn);
        layer.fillRect(image.rect(), forMode(m_color, mode));
        layer.end();
        painter->drawImage(QRectF(rect), image);
    }

    QIconEngine* clone() const override { return new SvgIconEngine(m_resource, m_color); }

private:
    QString m_resource;
    QColor m_color;
    QSvgRenderer m_renderer;
};

class GlyphIconEngine : public DrawnIconEngine {
public:
    GlyphIconEngine(QString glyph, const QColor& color)
        : m_glyph(std::move(glyph)), m_color(color)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        painter->save();
        QFont font = painter->font();
        font.setPixelSize(std::max(6, rect.height() * 4 / 5));
        painter->setFont(font);
        painter->setPen(forMode(m_color, mode));
        painter->drawText(rect, Qt::AlignCenter | Qt::TextDontClip, m_glyph);
        painter->restore();
    }

    QIconEngine* clone() const override { return new GlyphIconEngine(m_glyph, m_color); }

private:
    QString m_glyph;
    QColor m_color;
};

} // namespace

QIcon svgIcon(const QString& resource, const QColor& color)
{
    auto* engine = new SvgIconEngine(resource, color);
    QIcon icon(engine);
    return engine->isNull() ? QIcon() : icon;
}

QIcon themedIcon(const QString& name, const QPalette& palette)
{
    return svgIcon(
        QStringLiteral(":/icons/%1.svg").arg(name),
        palette.color(QPalette::Active, QPalette::ButtonText));
}

QIcon glyphIcon(const QString& glyph, const QColor& color)
{
    return QIcon(new GlyphIconEngine(glyph, color));
}

} // namespace ty::widgets
