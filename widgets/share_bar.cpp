#include "widgets/share_bar.h"

#include <algorithm>

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {
constexpr int kBarHeight = 12;
constexpr int kGap = 6;
constexpr int kDot = 9;
constexpr int kBetween = 14;
} // namespace

ShareBar::ShareBar(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ShareBar::setShares(const QList<Share>& shares)
{
    m_shares = shares;
    m_total = 0;
    QStringList spoken;
    for (const Share& share : shares) {
        m_total += std::max<qint64>(0, share.count);
    }
    for (const Share& share : shares) {
        spoken << textOf(share);
    }
    setAccessibleName(spoken.join(QStringLiteral(", ")));
    setToolTip(spoken.join(QLatin1Char('\n')));
    updateGeometry();
    update();
}

QString ShareBar::textOf(const Share& share) const
{
    const double percent = m_total == 0 ? 0 : 100.0 * static_cast<double>(share.count) / static_cast<double>(m_total);
    return tr("%1 %2 (%3 %)").arg(share.name, QLocale().toString(share.count), QLocale().toString(percent, 'f', percent < 10 ? 1 : 0));
}

QList<QRect> ShareBar::places(int width) const
{
    const QFontMetrics metrics = fontMetrics();
    QList<QRect> found;
    int x = 0;
    int y = kBarHeight + kGap;
    for (const Share& share : m_shares) {
        const int wide = kDot + 5 + metrics.horizontalAdvance(textOf(share)) + 2;
        if (x > 0 && x + wide > width) {
            x = 0;
            y += metrics.height() + 2;
        }
        found.append(QRect(x, y, wide, metrics.height()));
        x += wide + kBetween;
    }
    return found;
}

int ShareBar::heightForWidth(int width) const
{
    const auto found = places(width);
    return found.isEmpty() ? kBarHeight : found.last().bottom() + 2;
}

QSize ShareBar::sizeHint() const
{
    return {260, heightForWidth(260)};
}

QSize ShareBar::minimumSizeHint() const
{
    return {120, heightForWidth(std::max(120, width()))};
}

void ShareBar::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF bar(0, 0, width(), kBarHeight);
    QPainterPath round;
    round.addRoundedRect(bar, 3, 3);
    painter.save();
    painter.setClipPath(round);
    painter.fillRect(bar, c.line);
    double left = 0;
    for (qsizetype i = 0; i < m_shares.size() && m_total > 0; ++i) {
        const double wide = bar.width() * static_cast<double>(m_shares[i].count) / static_cast<double>(m_total);
        painter.fillRect(QRectF(left, 0, wide, kBarHeight), c.series[static_cast<std::size_t>(i) % c.series.size()]);
        left += wide;
        if (wide > 0 && left < bar.width() - 1) {
            painter.fillRect(QRectF(left - 1, 0, 2, kBarHeight), c.window); // parts are told apart without their colours
        }
    }
    painter.restore();
    const auto found = places(width());
    for (qsizetype i = 0; i < m_shares.size(); ++i) {
        const QRect& place = found[i];
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.series[static_cast<std::size_t>(i) % c.series.size()]);
        painter.drawRoundedRect(QRectF(place.left(), place.center().y() - kDot / 2.0 + 1, kDot, kDot), 2, 2);
        painter.setPen(c.text);
        painter.drawText(place.adjusted(kDot + 5, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, textOf(m_shares[i]));
    }
}

} // namespace ty::widgets
