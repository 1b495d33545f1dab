#include "widgets/draw_pad.h"

#include <algorithm>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kKeyStep = 0.04;

} // namespace

DrawPad::DrawPad(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMinimumSize(120, 120);
    setAccessibleName(tr("Drawing pad"));
    setToolTip(
        tr("Draw with the mouse. With keys: arrows move, Space puts the pen down or lifts it, "
           "Ctrl+Z takes a stroke back, Delete clears"));
    setAccessibleDescription(toolTip());
}

QSize DrawPad::sizeHint() const
{
    return {220, 220};
}

void DrawPad::setBrushWidth(double fraction)
{
    m_brushWidth = std::clamp(fraction, 0.01, 0.5);
    update();
}

QRectF DrawPad::padRect() const
{
    const double side = std::min(width(), height()) - 6.0;
    QRectF rect(0, 0, side, side);
    rect.moveCenter(QRectF(this->rect()).center());
    return rect;
}

QPointF DrawPad::fromWidget(const QPointF& position) const
{
    const QRectF pad = padRect();
    return {
        std::clamp((position.x() - pad.left()) / pad.width(), 0.0, 1.0),
        std::clamp((position.y() - pad.top()) / pad.height(), 0.0, 1.0)};
}

void DrawPad::drawStrokes(QPainter& painter, double side) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    for (const Stroke& stroke : m_strokes) {
        QPainterPath path(stroke.front() * side);
        if (stroke.size() == 1) {
            path.lineTo(stroke.front() * side + QPointF(0.01, 0));
        }
        for (std::size_t i = 1; i < stroke.size(); ++i) {
            path.lineTo(stroke[i] * side);
        }
        // A grey rim makes the edge as soft as a scanned pen's.
        constexpr int kRims = 8;
        for (int rim = 0; rim < kRims; ++rim) {
            const double factor = 1.35 - 0.5 * rim / (kRims - 1);
            const int grey = 255 * (rim + 1) / kRims;
            painter.setPen(QPen(
                QColor(grey, grey, grey),
                m_brushWidth * factor * side,
                Qt::SolidLine,
                Qt::RoundCap,
                Qt::RoundJoin));
            painter.setCompositionMode(QPainter::CompositionMode_Lighten);
            painter.drawPath(path);
        }
    }
    painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
}

QImage DrawPad::image() const
{
    QImage image(kPixels, kPixels, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    drawStrokes(painter, kPixels);
    painter.end();
    return image.convertToFormat(QImage::Format_Grayscale8);
}

void DrawPad::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    const QRectF pad = padRect();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double ratio = devicePixelRatioF();
    QImage picture(
        QSize(static_cast<int>(pad.width() * ratio), static_cast<int>(pad.height() * ratio)),
        QImage::Format_RGB32);
    picture.fill(Qt::black);
    {
        QPainter inside(&picture);
        drawStrokes(inside, pad.width() * ratio);
    }
    painter.drawImage(pad, picture);
    if (m_strokes.empty() && !m_isKeyPenShown) {
        painter.setPen(QColor(200, 200, 200));
        painter.drawText(pad, Qt::AlignCenter, tr("Draw here"));
    }
    if (m_isKeyPenShown && hasFocus()) {
        const QPointF at =
            pad.topLeft() + QPointF(m_pen.x() * pad.width(), m_pen.y() * pad.height());
        painter.setPen(QPen(QColor(255, 200, 60), 2));
        painter.setBrush(m_isKeyPenDown ? QBrush(QColor(255, 200, 60)) : QBrush(Qt::NoBrush));
        painter.drawEllipse(at, 6, 6);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(hasFocus() ? c.focus : c.line, hasFocus() ? 2 : 1));
    painter.drawRoundedRect(pad.adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4);
}

void DrawPad::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        return;
    }
    m_isKeyPenShown = m_isKeyPenDown = false;
    m_isDrawing = true;
    m_strokes.push_back({fromWidget(event->position())});
    update();
}

void DrawPad::mouseMoveEvent(QMouseEvent* event)
{
    if (m_isDrawing) {
        m_strokes.back().push_back(fromWidget(event->position()));
        update();
    }
}

void DrawPad::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_isDrawing && event->button() == Qt::LeftButton) {
        m_isDrawing = false;
        announce();
    }
}

void DrawPad::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Undo)) {
        undo();
        return;
    }
    QPointF by;
    switch (event->key()) {
    case Qt::Key_Left:
        by = {-kKeyStep, 0};
        break;
    case Qt::Key_Right:
        by = {kKeyStep, 0};
        break;
    case Qt::Key_Up:
        by = {0, -kKeyStep};
        break;
    case Qt::Key_Down:
        by = {0, kKeyStep};
        break;
    case Qt::Key_Space:
        m_isKeyPenShown = true;
        m_isKeyPenDown = !m_isKeyPenDown;
        if (m_isKeyPenDown) {
            m_strokes.push_back({m_pen});
        } else {
            announce();
        }
        update();
        return;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        clear();
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    m_isKeyPenShown = true;
    m_pen = {std::clamp(m_pen.x() + by.x(), 0.0, 1.0), std::clamp(m_pen.y() + by.y(), 0.0, 1.0)};
    if (m_isKeyPenDown) {
        m_strokes.back().push_back(m_pen);
    }
    update();
}

void DrawPad::undo()
{
    if (m_strokes.empty() || m_isDrawing) {
        return;
    }
    m_isKeyPenDown = false;
    m_strokes.pop_back();
    update();
    announce();
}

void DrawPad::clear()
{
    if (m_strokes.empty()) {
        return;
    }
    m_isDrawing = m_isKeyPenDown = false;
    m_strokes.clear();
    update();
    announce();
}

void DrawPad::announce()
{
    emit drawingChanged(image(), isEmpty());
}

} // namespace ty::widgets
