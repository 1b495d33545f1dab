#include "widgets/probability_bars.h"

#include <algorithm>

#include <QLocale>
#include <QPainter>
#include <QStringList>

#include "widgets/theme/palette.h"

namespace ty::widgets {

ProbabilityBars::ProbabilityBars(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Answer"));
}

void ProbabilityBars::setAnswers(const QList<Answer>& answers, int count)
{
    m_answers = answers;
    std::stable_sort(m_answers.begin(), m_answers.end(), [](const Answer& a, const Answer& b) {
        return a.probability > b.probability;
    });
    if (m_answers.size() > count) {
        m_answers.resize(count);
    }
    QStringList spoken;
    for (const Answer& answer : m_answers) {
        spoken.append(
            tr("%1: %2 %").arg(answer.label, QLocale().toString(100 * answer.probability, 'f', 1)));
    }
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    setToolTip(spoken.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

void ProbabilityBars::clear(const QString& hint)
{
    m_answers.clear();
    m_hint = hint;
    setAccessibleDescription(hint);
    setToolTip({});
    update();
}

QSize ProbabilityBars::sizeHint() const
{
    const int rows = std::max<int>(5, static_cast<int>(m_answers.size()));
    return {fontMetrics().averageCharWidth() * 34, rows * (fontMetrics().height() + 12)};
}

QSize ProbabilityBars::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 18, 3 * (fontMetrics().height() + 12)};
}

void ProbabilityBars::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_answers.isEmpty()) {
        painter.setPen(c.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_hint);
        return;
    }
    const QFontMetrics metrics = fontMetrics();
    int labelWidth = metrics.averageCharWidth() * 4;
    for (const Answer& answer : m_answers) {
        labelWidth = std::max(labelWidth, metrics.horizontalAdvance(answer.label) + 8);
    }
    labelWidth = std::min(labelWidth, width() * 2 / 5);
    const int percentWidth = metrics.horizontalAdvance(QStringLiteral("100.0 %")) + 8;
    const int rowHeight = metrics.height() + 12;
    int y = 0;
    for (const Answer& answer : m_answers) {
        const bool isFirst = y == 0;
        QFont rowFont = font();
        rowFont.setWeight(isFirst ? QFont::DemiBold : QFont::Normal);
        painter.setFont(rowFont);
        painter.setPen(c.text);
        painter.drawText(
            QRect(0, y, labelWidth, rowHeight),
            Qt::AlignVCenter | Qt::AlignLeft,
            metrics.elidedText(answer.label, Qt::ElideRight, labelWidth - 4));
        QRectF track(
            labelWidth + 4,
            y + rowHeight / 2.0 - 6,
            std::max(20, width() - labelWidth - percentWidth - 12),
            12);
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.raised);
        painter.drawRoundedRect(track, 4, 4);
        QRectF bar = track;
        bar.setWidth(std::max(2.0, track.width() * std::clamp(answer.probability, 0.0, 1.0)));
        painter.setBrush(isFirst ? c.accent : c.line);
        painter.drawRoundedRect(bar, 4, 4);
        painter.setPen(c.text);
        painter.drawText(
            QRect(width() - percentWidth, y, percentWidth, rowHeight),
            Qt::AlignVCenter | Qt::AlignRight,
            QLocale().toString(100 * answer.probability, 'f', 1) + QStringLiteral(" %"));
        y += rowHeight;
        if (y + rowHeight > height() + 2) {
            break;
        }
    }
}

} // namespace ty::widgets
