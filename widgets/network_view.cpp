#include "widgets/network_view.h"

#include <algorithm>

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kMargin = 12;
constexpr int kGap = 18;       // between boxes: room for an arrow
constexpr int kLaneWidth = 12; // between lines at the side
constexpr int kPadding = 10;
constexpr double kRadius = 5;

void paintArrowHead(QPainter& painter, const QPointF& tip, bool isDown)
{
    constexpr double kSize = 5;
    QPainterPath head(tip);
    if (isDown) {
        head.lineTo(tip + QPointF(-kSize * 0.8, -kSize));
        head.lineTo(tip + QPointF(kSize * 0.8, -kSize));
    } else {
        head.lineTo(tip + QPointF(kSize, -kSize * 0.8));
        head.lineTo(tip + QPointF(kSize, kSize * 0.8));
    }
    head.closeSubpath();
    painter.fillPath(head, painter.pen().color());
}

} // namespace

NetworkView::NetworkView(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Network"));
    measure();
}

void NetworkView::setNetwork(const QString& input, const std::vector<NetworkNode>& nodes)
{
    m_input = input;
    m_nodes = nodes;
    m_current = -1;
    m_detours.clear();
    std::vector<int> laneEnds; // of each lane, the lowest node that it has led to
    for (int to = 0; to < static_cast<int>(m_nodes.size()); ++to) {
        for (const int from : m_nodes[static_cast<std::size_t>(to)].inputs) {
            if (from == to - 1) {
                continue;
            }
            const auto isFree = [from](int end) { return end <= from; };
            auto lane = std::find_if(laneEnds.begin(), laneEnds.end(), isFree);
            if (lane == laneEnds.end()) {
                lane = laneEnds.insert(lane, to);
            }
            *lane = to;
            m_detours.push_back({from, to, static_cast<int>(lane - laneEnds.begin())});
        }
    }
    m_lanes = static_cast<int>(laneEnds.size());
    setAccessibleDescription(tr("%n layer(s), listed in the table", nullptr, static_cast<int>(m_nodes.size())));
    measure();
}

void NetworkView::measure()
{
    const QFontMetrics metrics(font());
    int width = metrics.horizontalAdvance(QLatin1Char('m')) * 16;
    for (const NetworkNode& node : m_nodes) {
        const int first = metrics.horizontalAdvance(node.name) + metrics.horizontalAdvance(QStringLiteral(" ❄"));
        const int second = metrics.horizontalAdvance(node.type + QStringLiteral("  ·  ") + node.shape);
        width = std::max({width, first, second});
    }
    m_boxWidth = width + 2 * kPadding;
    m_boxHeight = 2 * metrics.height() + 12;
    updateGeometry();
    resize(sizeHint());
    update();
}

QSize NetworkView::sizeHint() const
{
    const int boxes = static_cast<int>(m_nodes.size()) + 1;
    return {
        2 * kMargin + m_boxWidth + (m_lanes > 0 ? (m_lanes + 1) * kLaneWidth : 0),
        2 * kMargin + boxes * m_boxHeight + (boxes - 1) * kGap};
}

QRect NetworkView::boxOf(int node) const
{
    return {kMargin, kMargin + (node + 1) * (m_boxHeight + kGap), m_boxWidth, m_boxHeight};
}

void NetworkView::setCurrent(int node)
{
    const int last = static_cast<int>(m_nodes.size()) - 1;
    node = std::clamp(node, -1, last);
    if (node != m_current) {
        m_current = node;
        update();
        emit currentChanged(node);
    }
}

void NetworkView::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ThemeColors& colors = colorsFor(*this);
    painter.fillRect(event->rect(), colors.surface);
    const int step = m_boxHeight + kGap;
    const int first = std::max(-1, (event->rect().top() - kMargin) / step - 2);
    const int last = std::min(static_cast<int>(m_nodes.size()) - 1, (event->rect().bottom() - kMargin) / step);
    painter.setBrush(Qt::NoBrush);
    for (const Detour& detour : m_detours) {
        if (detour.to >= first && detour.from <= last) {
            const bool isLit = m_current >= 0 && (detour.to == m_current || detour.from == m_current);
            painter.setPen(QPen(isLit ? colors.accent : colors.line, isLit ? 2 : 1.4));
            paintDetour(painter, detour);
        }
    }
    for (int node = first; node <= last; ++node) {
        paintBox(painter, node);
    }
}

void NetworkView::paintDetour(QPainter& painter, const Detour& detour) const
{
    const QRect from = boxOf(detour.from);
    const QRect to = boxOf(detour.to);
    const double lane = from.right() + 1 + (detour.lane + 1) * kLaneWidth;
    const QPointF start(from.right() + 1, from.center().y() + m_boxHeight / 5.0);
    const QPointF end(to.right() + 1, to.center().y() - m_boxHeight / 5.0);
    QPainterPath path(start);
    path.lineTo(lane - kRadius, start.y());
    path.quadTo(lane, start.y(), lane, start.y() + kRadius);
    path.lineTo(lane, end.y() - kRadius);
    path.quadTo(lane, end.y(), lane - kRadius, end.y());
    path.lineTo(end);
    painter.drawPath(path);
    paintArrowHead(painter, end, false);
}

void NetworkView::paintBox(QPainter& painter, int node) const
{
    const ThemeColors& colors = colorsFor(*this);
    const QRect box = boxOf(node);
    const bool isInput = node < 0;
    const NetworkNode* layer = isInput ? nullptr : &m_nodes[static_cast<std::size_t>(node)];
    const bool isChosen = !isInput && node == m_current;
    if (layer && layer->inputs.contains(node - 1)) {
        painter.setPen(QPen(colors.line, 1.4));
        const QPointF tip(box.center().x(), box.top());
        painter.drawLine(tip - QPointF(0, kGap), tip - QPointF(0, 3));
        paintArrowHead(painter, tip, true);
    }
    // Layers that learn stand out; those that only pass on lie flat.
    const bool isStrong = layer && layer->hasWeights && !layer->isFrozen;
    painter.setPen(QPen(isChosen ? colors.focus : isStrong ? colors.accent : colors.line, isChosen ? 2.5 : 1.2));
    painter.setBrush(isStrong ? mixed(colors.surface, colors.accent, 0.12) : colors.surface);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    const QRect inner = box.adjusted(kPadding, 5, -kPadding, -5);
    QFont strong = font();
    strong.setWeight(QFont::DemiBold);
    painter.setFont(strong);
    painter.setPen(colors.text);
    const QString title = isInput ? tr("Input") : layer->name + (layer->isFrozen ? QStringLiteral(" ❄") : QString());
    const QFontMetrics titleMetrics(strong);
    painter.drawText(
        inner, Qt::AlignTop | Qt::AlignHCenter, titleMetrics.elidedText(title, Qt::ElideMiddle, inner.width()));
    painter.setFont(font());
    painter.setPen(colors.mutedText);
    painter.drawText(
        inner, Qt::AlignBottom | Qt::AlignHCenter,
        isInput ? m_input : layer->type + QStringLiteral("  ·  ") + layer->shape);
}

void NetworkView::mousePressEvent(QMouseEvent* event)
{
    for (int node = 0; node < static_cast<int>(m_nodes.size()); ++node) {
        if (boxOf(node).contains(event->pos())) {
            setCurrent(node);
            return;
        }
    }
}

void NetworkView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        measure();
    } else if (event->type() == QEvent::PaletteChange) {
        update();
    }
}

} // namespace ty::widgets
