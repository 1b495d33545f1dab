#include "widgets/state_strip.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {
constexpr double kStripHeight = 26;
constexpr double kLeastShown = 8;
} // namespace

StateStrip::StateStrip(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumHeight(90);
    setAccessibleName(tr("Sequence and its states"));
}

void StateStrip::setSequence(std::vector<std::uint32_t> states, std::vector<double> values, QStringList symbols)
{
    m_states = std::move(states);
    m_values = std::move(values);
    m_values.resize(m_states.size());
    m_symbols = std::move(symbols);
    m_current = -1;
    setToolTip({});
    setAccessibleDescription(tr("%n place(s)", nullptr, placeCount()));
    fitAll();
}

void StateStrip::fitAll()
{
    showPlaces(0, std::max(1, placeCount()));
}

void StateStrip::showPlaces(double first, double shown)
{
    const double all = std::max(1, placeCount());
    m_shown = std::clamp(shown, std::min(kLeastShown, all), all);
    m_first = std::clamp(first, 0.0, all - m_shown);
    update();
}

void StateStrip::choose(int place)
{
    if (m_states.empty()) {
        return;
    }
    m_current = std::clamp(place, 0, placeCount() - 1);
    if (m_current < m_first || m_current >= m_first + m_shown) {
        showPlaces(m_current - m_shown / 2, m_shown);
    }
    const auto at = static_cast<std::size_t>(m_current);
    const int symbol = static_cast<int>(m_values[at]);
    const QString seen = m_symbols.isEmpty() ? QLocale().toString(m_values[at], 'g', 5) : m_symbols.value(symbol);
    const QString words = tr("place %1: %2, state %3").arg(m_current + 1).arg(seen).arg(m_states[at] + 1);
    setAccessibleDescription(words);
    setToolTip(words);
    update();
}

void StateStrip::paintEvent(QPaintEvent* /*event*/)
{
    const ThemeColors& colors = colorsFor(*this);
    QPainter painter(this);
    painter.fillRect(rect(), colors.chartBackground);
    if (m_states.empty()) {
        return;
    }
    const QRectF strip(0, height() - kStripHeight - 4, width(), kStripHeight);
    const int first = static_cast<int>(m_first);
    const int last = std::min(placeCount(), static_cast<int>(std::ceil(m_first + m_shown)) + 1);
    for (int place = first; place < last;) {
        int end = place + 1;
        while (end < last && m_states[static_cast<std::size_t>(end)] == m_states[static_cast<std::size_t>(place)]) {
            ++end;
        }
        const std::uint32_t state = m_states[static_cast<std::size_t>(place)];
        const QRectF part(QPointF(xOf(place), strip.top()), QPointF(xOf(end), strip.bottom()));
        const QColor fill = colors.series[state % colors.series.size()];
        painter.fillRect(part, fill);
        const QString name = QString::number(state + 1);
        if (part.width() > fontMetrics().horizontalAdvance(name) + 6) {
            painter.setPen(contrastRatio(fill, colors.text) >= contrastRatio(fill, colors.surface) ? colors.text : colors.surface);
            painter.drawText(part, Qt::AlignCenter, name);
        }
        place = end;
    }
    const QRectF plot(0, 8, width(), strip.top() - 16);
    if (m_symbols.isEmpty()) {
        const auto [low, high] = std::minmax_element(m_values.begin(), m_values.end());
        const double range = std::max(1e-12, *high - *low);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colors.text, 1.4));
        QPolygonF line;
        const int step = std::max(1, static_cast<int>(m_shown / std::max(1, width()) / 2)); // no more points than pixels can show
        for (int place = first; place < last; place += step) {
            line << QPointF(xOf(place + 0.5), plot.bottom() - plot.height() * (m_values[static_cast<std::size_t>(place)] - *low) / range);
        }
        painter.drawPolyline(line);
    } else {
        painter.setPen(colors.text);
        double right = -1e9;
        for (int place = first; place < last; ++place) {
            const QString name = m_symbols.value(static_cast<int>(m_values[static_cast<std::size_t>(place)]));
            const double x = xOf(place + 0.5) - fontMetrics().horizontalAdvance(name) / 2.0;
            if (x > right + 3) {
                painter.drawText(QPointF(x, plot.center().y()), name);
                right = x + fontMetrics().horizontalAdvance(name);
            }
        }
    }
    if (m_current >= 0) {
        painter.setPen(QPen(colors.accent, 2));
        const double x = xOf(m_current + 0.5);
        painter.drawLine(QPointF(x, 2), QPointF(x, height() - 2));
    }
    if (hasFocus()) {
        painter.setPen(QPen(colors.focus, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void StateStrip::wheelEvent(QWheelEvent* event)
{
    const double under = m_first + event->position().x() / std::max(1, width()) * m_shown;
    const double shown = m_shown * std::pow(0.9985, event->angleDelta().y());
    showPlaces(under - (under - m_first) * shown / m_shown, shown);
    event->accept();
}

void StateStrip::mousePressEvent(QMouseEvent* event)
{
    m_pressedAt = event->position().x();
    m_firstAtPress = m_first;
}

void StateStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton)) {
        showPlaces(m_firstAtPress - (event->position().x() - m_pressedAt) / std::max(1, width()) * m_shown, m_shown);
    } else {
        choose(static_cast<int>(m_first + event->position().x() / std::max(1, width()) * m_shown));
    }
}

void StateStrip::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        choose(m_current - 1);
        break;
    case Qt::Key_Right:
        choose(m_current + 1);
        break;
    case Qt::Key_Home:
        choose(0);
        break;
    case Qt::Key_End:
        choose(placeCount() - 1);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        showPlaces(m_first + m_shown * 0.1, m_shown * 0.8);
        break;
    case Qt::Key_Minus:
        showPlaces(m_first - m_shown * 0.125, m_shown * 1.25);
        break;
    case Qt::Key_0:
        fitAll();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void StateStrip::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        update();
    }
}

} // namespace ty::widgets
