#include "widgets/tree_picture.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QIODevice>
#include <QImage>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QSvgGenerator>

namespace ty::widgets {

namespace {

struct TreeText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::TreePicture)
};

constexpr double kInside = 9;       // between a box and its words
constexpr double kBesides = 16;     // between boxes
constexpr double kBelow = 46;       // between levels: room for the words on the branches
constexpr double kBarHeight = 7;
constexpr double kLeastWidth = 96;
constexpr double kMostWidth = 230;
constexpr double kMargin = 24;
constexpr double kSwatchSize = 10;
constexpr double kMostPixels = 16'000; // of a side of a written picture
constexpr int kMostLegend = 16;        // classes that are named; more colours nobody tells apart

QColor classColor(const ThemeColors& colors, std::size_t index)
{
    const QColor base = colors.series[index % colors.series.size()];
    return index < colors.series.size() ? base : mixed(base, colors.surface, 0.45);
}

QString countWords(double samples)
{
    return QLocale().toString(samples, 'f', samples == std::floor(samples) ? 0 : 1);
}

/// Room that a node's words want.
double wantedWidth(const TreePictureNode& node, const QFontMetricsF& metrics, const QFontMetricsF& strong)
{
    const QString below = TreeText::tr("%1 · %2").arg(node.answer, countWords(node.samples));
    const double wanted = node.isQuestion() ? std::max(strong.horizontalAdvance(node.question), metrics.horizontalAdvance(below))
                                            : std::max(strong.horizontalAdvance(node.answer), metrics.horizontalAdvance(countWords(node.samples)));
    return std::clamp(std::ceil(wanted) + 2 * kInside, kLeastWidth, kMostWidth);
}

} // namespace

void TreePicture::setTree(std::vector<TreePictureNode> nodes, QStringList classes)
{
    m_nodes = std::move(nodes);
    m_classes = std::move(classes);
    m_way.clear();
    m_parents.assign(m_nodes.size(), -1);
    m_depths.assign(m_nodes.size(), 0);
    m_sizes.assign(m_nodes.size(), 1);
    m_collapsed.assign(m_nodes.size(), false);
    m_boxes.assign(m_nodes.size(), {});
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        for (const int next : {m_nodes[at].yes, m_nodes[at].no}) {
            if (next >= 0) {
                m_parents[static_cast<std::size_t>(next)] = static_cast<int>(at);
                m_depths[static_cast<std::size_t>(next)] = m_depths[at] + 1;
            }
        }
    }
    for (std::size_t at = m_nodes.size(); at-- > 1;) {
        m_sizes[static_cast<std::size_t>(m_parents[at])] += m_sizes[at];
    }
}

int TreePicture::levels() const
{
    return m_depths.empty() ? 0 : *std::max_element(m_depths.begin(), m_depths.end());
}

void TreePicture::showLevels(int levels)
{
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        m_collapsed[at] = m_nodes[at].isQuestion() && m_depths[at] >= levels;
    }
}

void TreePicture::setCollapsed(int node, bool isCollapsed)
{
    const auto at = static_cast<std::size_t>(node);
    m_collapsed[at] = isCollapsed && m_nodes[at].isQuestion();
}

void TreePicture::setWay(const std::vector<int>& way)
{
    m_way = way;
    for (const int node : way) {
        m_collapsed[static_cast<std::size_t>(node)] = false;
    }
}

bool TreePicture::isOnWay(int node) const
{
    return std::find(m_way.begin(), m_way.end(), node) != m_way.end();
}

int TreePicture::hiddenBelow(int node) const
{
    return m_collapsed[static_cast<std::size_t>(node)] ? m_sizes[static_cast<std::size_t>(node)] - 1 : 0;
}

void TreePicture::layOut(const QFont& font)
{
    m_font = font;
    QFont bold = font;
    bold.setBold(true);
    const QFontMetricsF metrics(font);
    const QFontMetricsF strong(bold);
    const double height = std::ceil(2 * metrics.height() + kBarHeight + 3 * kInside * 0.6 + 4);
    m_boxes.assign(m_nodes.size(), {});
    m_bounds = {};
    m_legend = {};
    if (m_nodes.empty()) {
        return;
    }
    std::vector<bool> isShown(m_nodes.size());
    isShown[0] = true;
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        if (isShown[at] && m_nodes[at].isQuestion() && !m_collapsed[at]) {
            isShown[static_cast<std::size_t>(m_nodes[at].yes)] = true;
            isShown[static_cast<std::size_t>(m_nodes[at].no)] = true;
        }
    }
    // Children come after their parents: from behind each node knows the room of its branches.
    std::vector<double> own(m_nodes.size());
    std::vector<double> room(m_nodes.size());
    for (std::size_t at = m_nodes.size(); at-- > 0;) {
        if (!isShown[at]) {
            continue;
        }
        own[at] = wantedWidth(m_nodes[at], metrics, strong);
        room[at] = own[at] + kBesides;
        if (m_nodes[at].isQuestion() && !m_collapsed[at]) {
            const double below = room[static_cast<std::size_t>(m_nodes[at].yes)] + room[static_cast<std::size_t>(m_nodes[at].no)];
            room[at] = std::max(room[at], below);
        }
    }
    double top = kMargin;
    const int named = std::min(kMostLegend, static_cast<int>(m_classes.size()));
    if (named > 0) {
        double width = 0;
        for (int c = 0; c < named; ++c) {
            width += kSwatchSize + 6 + metrics.horizontalAdvance(m_classes[c]) + 18;
        }
        width += m_classes.size() > named ? metrics.horizontalAdvance(QStringLiteral("…")) : 0;
        m_legend = QRectF(kMargin, kMargin, width, metrics.height());
        top += metrics.height() + 18;
    }
    std::vector<double> left(m_nodes.size());
    left[0] = kMargin;
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        if (!isShown[at]) {
            continue;
        }
        double centre = left[at] + room[at] / 2;
        if (m_nodes[at].isQuestion() && !m_collapsed[at]) {
            const auto yes = static_cast<std::size_t>(m_nodes[at].yes);
            const auto no = static_cast<std::size_t>(m_nodes[at].no);
            const double below = room[yes] + room[no];
            left[yes] = left[at] + (room[at] - below) / 2;
            left[no] = left[yes] + room[yes];
        }
        m_boxes[at] = QRectF(std::round(centre - own[at] / 2), top + m_depths[at] * (height + kBelow), own[at], height);
        m_bounds = m_bounds.united(m_boxes[at]);
    }
    m_bounds = m_bounds.united(m_legend).adjusted(-kMargin, -kMargin, kMargin, kMargin + metrics.height() + 8);
}

int TreePicture::nodeAt(const QPointF& place) const
{
    for (std::size_t at = 0; at < m_boxes.size(); ++at) {
        const double handle = m_collapsed[at] ? 24 : 0; // of what is put away below
        if (!m_boxes[at].isNull() && m_boxes[at].adjusted(0, 0, 0, handle).contains(place)) {
            return static_cast<int>(at);
        }
    }
    return -1;
}

QString TreePicture::wordsOf(int index) const
{
    const TreePictureNode& node = m_nodes[static_cast<std::size_t>(index)];
    QStringList lines;
    if (node.isQuestion()) {
        lines << TreeText::tr("%1?").arg(node.question)
              << (node.isMissingYes ? TreeText::tr("A missing value counts as yes.") : TreeText::tr("A missing value counts as no."));
    }
    lines << TreeText::tr("%1 training rows").arg(countWords(node.samples));
    if (node.shares.empty()) {
        lines << TreeText::tr("Answer: %1").arg(node.answer);
    }
    for (std::size_t c = 0; c < node.shares.size(); ++c) {
        if (node.shares[c] > 0) {
            lines << TreeText::tr("%1: %2 %").arg(m_classes.value(static_cast<int>(c)), QLocale().toString(100 * node.shares[c], 'f', 1));
        }
    }
    if (hiddenBelow(index) > 0) {
        lines << TreeText::tr("%n node(s) below are put away; a click shows them.", nullptr, hiddenBelow(index));
    }
    return lines.join(QLatin1Char('\n'));
}

void TreePicture::paint(QPainter& painter, const ThemeColors& colors, const QRectF& visible, int current) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_font);
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        const TreePictureNode& node = m_nodes[at];
        if (m_boxes[at].isNull() || !node.isQuestion() || m_collapsed[at]) {
            continue;
        }
        for (const int next : {node.yes, node.no}) {
            if (m_boxes[at].united(boxOf(next)).intersects(visible)) {
                paintEdge(painter, colors, static_cast<int>(at), next);
            }
        }
    }
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        if (!m_boxes[at].isNull() && m_boxes[at].adjusted(-4, -4, 4, 28).intersects(visible)) {
            paintNode(painter, colors, static_cast<int>(at), static_cast<int>(at) == current);
        }
    }
    paintLegend(painter, colors);
}

void TreePicture::paintEdge(QPainter& painter, const ThemeColors& colors, int from, int to) const
{
    const TreePictureNode& node = m_nodes[static_cast<std::size_t>(from)];
    const QRectF above = boxOf(from);
    const QRectF below = boxOf(to);
    const bool isYes = node.yes == to;
    const bool isWay = isOnWay(from) && isOnWay(to);
    const double share = m_nodes.front().samples > 0 ? m_nodes[static_cast<std::size_t>(to)].samples / m_nodes.front().samples : 0;
    const QPointF start(above.center().x(), above.bottom());
    const QPointF end(below.center().x(), below.top());
    QPainterPath path(start);
    const double half = (end.y() - start.y()) / 2;
    path.cubicTo(start + QPointF(0, half), end - QPointF(0, half), end);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(isWay ? colors.accent : colors.line, (isWay ? 2.0 : 1.0) + 5 * std::sqrt(share), Qt::SolidLine, Qt::RoundCap));
    painter.drawPath(path);
    QString label = isYes ? TreeText::tr("yes") : TreeText::tr("no");
    if (node.isMissingYes == isYes) {
        label += TreeText::tr(", missing");
    }
    const QFontMetricsF metrics(m_font);
    const QPointF middle = path.pointAtPercent(0.5);
    QRectF words(0, 0, metrics.horizontalAdvance(label) + 8, metrics.height());
    words.moveCenter(middle);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.surface); // the branch runs behind its words
    painter.drawRoundedRect(words, 4, 4);
    painter.setPen(isWay ? colors.text : colors.mutedText);
    painter.drawText(words, Qt::AlignCenter, label);
}

void TreePicture::paintNode(QPainter& painter, const ThemeColors& colors, int index, bool isCurrent) const
{
    const TreePictureNode& node = m_nodes[static_cast<std::size_t>(index)];
    const QRectF box = boxOf(index);
    const bool isWay = isOnWay(index);
    if (isCurrent) {
        painter.setPen(QPen(colors.focus, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 9, 9);
    }
    painter.setPen(QPen(isWay ? colors.accent : colors.line, isWay ? 2.4 : 1));
    painter.setBrush(isWay ? mixed(colors.surface, colors.accent, 0.12) : node.isQuestion() ? colors.raised : colors.surface);
    const double radius = node.isQuestion() ? 6 : box.height() / 3; // answers are rounder: told apart without colour
    painter.drawRoundedRect(box, radius, radius);

    QFont bold = m_font;
    bold.setBold(true);
    const QFontMetricsF strong(bold);
    const QFontMetricsF metrics(m_font);
    const double room = box.width() - 2 * kInside;
    double y = box.top() + kInside * 0.6;
    painter.setFont(bold);
    painter.setPen(colors.text);
    const QString first = node.isQuestion() ? node.question : node.answer;
    painter.drawText(
        QRectF(box.left() + kInside, y, room, strong.height()), Qt::AlignHCenter | Qt::AlignVCenter,
        strong.elidedText(first, Qt::ElideMiddle, room));
    y += strong.height() + kInside * 0.6;
    paintShares(painter, colors, node, QRectF(box.left() + kInside, y, room, kBarHeight));
    y += kBarHeight + kInside * 0.6;
    painter.setFont(m_font);
    painter.setPen(colors.mutedText);
    const QString second = node.isQuestion() ? TreeText::tr("%1 · %2").arg(node.answer, countWords(node.samples)) : countWords(node.samples);
    painter.drawText(
        QRectF(box.left() + kInside, y, room, metrics.height()), Qt::AlignHCenter | Qt::AlignVCenter,
        metrics.elidedText(second, Qt::ElideMiddle, room));
    if (const int hidden = hiddenBelow(index); hidden > 0) {
        const QString more = QStringLiteral("+ ") + QLocale().toString(hidden);
        const double width = metrics.horizontalAdvance(more) + 16;
        const QRectF chip(box.center().x() - width / 2, box.bottom() + 3, width, metrics.height() + 2);
        painter.setPen(QPen(colors.line, 1));
        painter.setBrush(colors.raised);
        painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2);
        painter.setPen(colors.text);
        painter.drawText(chip, Qt::AlignCenter, more);
    }
}

void TreePicture::paintShares(QPainter& painter, const ThemeColors& colors, const TreePictureNode& node, const QRectF& bar) const
{
    painter.save();
    QPainterPath clip;
    clip.addRoundedRect(bar, 3, 3);
    painter.setClipPath(clip, Qt::IntersectClip);
    painter.setPen(Qt::NoPen);
    painter.fillRect(bar, colors.divider);
    if (node.shares.empty()) {
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * std::clamp(node.level, 0.0, 1.0), bar.height()), colors.series[0]);
    }
    double x = bar.left();
    for (std::size_t c = 0; c < node.shares.size(); ++c) {
        const double width = bar.width() * node.shares[c];
        painter.fillRect(QRectF(x, bar.top(), width, bar.height()), classColor(colors, c));
        x += width;
    }
    painter.restore();
}

void TreePicture::paintLegend(QPainter& painter, const ThemeColors& colors) const
{
    const QFontMetricsF metrics(m_font);
    double x = m_legend.left();
    const int named = std::min(kMostLegend, static_cast<int>(m_classes.size()));
    for (int c = 0; c < named; ++c) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(classColor(colors, static_cast<std::size_t>(c)));
        painter.drawRoundedRect(QRectF(x, m_legend.center().y() - kSwatchSize / 2, kSwatchSize, kSwatchSize), 2, 2);
        x += kSwatchSize + 6;
        painter.setPen(colors.text);
        painter.drawText(QPointF(x, m_legend.top() + metrics.ascent()), m_classes[c]);
        x += metrics.horizontalAdvance(m_classes[c]) + 18;
    }
    if (m_classes.size() > named) {
        painter.drawText(QPointF(x, m_legend.top() + metrics.ascent()), QStringLiteral("…"));
    }
}

bool TreePicture::write(QIODevice& device, ExportFormat format, const ThemeColors& colors) const
{
    const QRectF all = m_bounds;
    if (format == ExportFormat::Svg) {
        QSvgGenerator svg;
        svg.setOutputDevice(&device);
        svg.setSize(all.size().toSize());
        svg.setViewBox(QRectF(QPointF(), all.size()));
        QPainter painter;
        if (!painter.begin(&svg)) {
            return false;
        }
        painter.fillRect(QRectF(QPointF(), all.size()), colors.surface);
        painter.translate(-all.topLeft());
        paint(painter, colors, all);
        return painter.end();
    }
    if (format != ExportFormat::Png) {
        return false;
    }
    const double ratio = std::min(2.0, kMostPixels / std::max({1.0, all.width(), all.height()}));
    QImage image((all.size() * ratio).toSize().expandedTo({1, 1}), QImage::Format_RGB32);
    if (image.isNull()) {
        return false;
    }
    image.fill(colors.surface);
    QPainter painter(&image);
    painter.scale(ratio, ratio);
    painter.translate(-all.topLeft());
    paint(painter, colors, all);
    painter.end();
    return image.save(&device, "PNG");
}

} // namespace ty::widgets
