#include "widgets/icons.h"

#include <algorithm>
#include <cmath>

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

#include "widgets/glyphs.h"

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

    QPixmap
    scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
        QPixmap result = pixmap(size * scale, mode, state);
#else
        QPixmap result = pixmap(size, mode, state); // in device pixels already
#endif
        result.setDevicePixelRatio(scale);
        return result;
    }
};

void paintSvg(QSvgRenderer& renderer, QPainter& painter, const QRect& rect, const QColor& color)
{
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    QImage image(
        QSize(
            static_cast<int>(std::ceil(rect.width() * ratio)),
            static_cast<int>(std::ceil(rect.height() * ratio))),
        QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter layer(&image);
    layer.setRenderHint(QPainter::Antialiasing);
    QSizeF drawn = renderer.defaultSize();
    drawn.scale(image.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), drawn);
    target.moveCenter(QRectF(image.rect()).center());
    renderer.render(&layer, target);
    layer.setCompositionMode(QPainter::CompositionMode_SourceIn);
    layer.fillRect(image.rect(), color);
    layer.end();
    painter.drawImage(QRectF(rect), image);
}

class SvgIconEngine : public DrawnIconEngine {
  public:
    SvgIconEngine(const QString& resource, const QColor& color)
        : m_resource(resource)
        , m_color(color)
        , m_renderer(resource)
    {
    }

    bool isNull() override { return !m_renderer.isValid(); }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintSvg(m_renderer, *painter, rect, forMode(m_color, mode));
    }

    QIconEngine* clone() const override { return new SvgIconEngine(m_resource, m_color); }

  private:
    QString m_resource;
    QColor m_color;
    QSvgRenderer m_renderer;
};

/// Strokes of a 16 x 16 sign.
const char* strokesOf(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Close:
        return "<path d='M4 4l8 8M12 4l-8 8'/>";
    case Glyph::Reset:
    case Glyph::Undo:
        return "<path d='M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5L6 3.5M3 6.5l3 3'/>";
    case Glyph::Table:
        return "<path d='M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6'/>";
    case Glyph::Menu:
        return "<path d='M3.5 8h.01M8 8h.01M12.5 8h.01' stroke-width='2.2'/>";
    case Glyph::Folder:
        return "<path d='M2 4.5v8h12V5.5H8L6.5 3.5H2z'/>";
    case Glyph::Pause:
        return "<path d='M5.5 3.5v9M10.5 3.5v9' stroke-width='2.2'/>";
    case Glyph::Play:
        return "<path d='M5 3.2v9.6L12.5 8z'/>";
    case Glyph::Stop:
        return "<path d='M4 4h8v8H4z'/>";
    case Glyph::Flag:
        return "<path d='M4 14V2.5M4 3h8.5L10.5 6l2 3H4'/>";
    case Glyph::Camera:
        return "<path d='M2 5h3l1-1.8h4L11 5h3v8H2z'/><circle cx='8' cy='8.8' r='2.2'/>";
    case Glyph::Plus:
        return "<path d='M8 3v10M3 8h10'/>";
    case Glyph::Warning:
        return "<path d='M8 2.5l6.3 11H1.7zM8 6.5v3.5M8 12v.01'/>";
    case Glyph::Error:
        return "<circle cx='8' cy='8' r='6.2'/><path d='M8 4.5v4.2M8 11.2v.01'/>";
    case Glyph::Notice:
        return "<circle cx='8' cy='8' r='6.2'/><path d='M8 7.3v4.2M8 4.8v.01'/>";
    case Glyph::Copy:
        return "<path d='M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3'/>";
    case Glyph::Search:
        return "<circle cx='7' cy='7' r='4.5'/><path d='M10.5 10.5L14 14'/>";
    case Glyph::Dataset:
        return "<path d='M2.5 3.5v9c0 1 2.5 1.8 5.5 1.8s5.5-.8 5.5-1.8v-9M2.5 8c0 1 2.5 1.8 5.5 "
               "1.8S13.5 9 13.5 8'/>"
               "<ellipse cx='8' cy='3.5' rx='5.5' ry='1.8'/>";
    }
    return "";
}

class SignIconEngine : public DrawnIconEngine {
  public:
    explicit SignIconEngine(Glyph glyph)
        : m_glyph(glyph)
    {
        m_renderer.load(
            QByteArray("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' "
                       "stroke='#000' stroke-width='1.5' stroke-linecap='round' "
                       "stroke-linejoin='round'>") +
            strokesOf(glyph) + "</svg>");
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const QColor color =
            QGuiApplication::palette().color(QPalette::Active, QPalette::ButtonText);
        paintSvg(m_renderer, *painter, rect, forMode(color, mode));
    }

    QIconEngine* clone() const override { return new SignIconEngine(m_glyph); }

  private:
    Glyph m_glyph;
    QSvgRenderer m_renderer;
};

class GlyphIconEngine : public DrawnIconEngine {
  public:
    GlyphIconEngine(QString glyph, const QColor& color)
        : m_glyph(std::move(glyph))
        , m_color(color)
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

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new SignIconEngine(glyph));
}

QIcon glyphIcon(const QString& glyph, const QColor& color)
{
    return QIcon(new GlyphIconEngine(glyph, color));
}

} // namespace ty::widgets
