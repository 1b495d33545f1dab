#include "widgets/flow_layout.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <QStyle>
#include <QWidget>

namespace ty::widgets {

FlowLayout::FlowLayout(QWidget* parent, int spacing)
    : QLayout(parent)
    , m_spacing(spacing)
{
}

FlowLayout::~FlowLayout()
{
    qDeleteAll(m_items);
}

void FlowLayout::addItem(QLayoutItem* item)
{
    m_items.append(item);
    invalidate();
}

int FlowLayout::count() const
{
    return static_cast<int>(m_items.size());
}

QLayoutItem* FlowLayout::itemAt(int index) const
{
    return m_items.value(index);
}

QLayoutItem* FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= m_items.size()) {
        return nullptr;
    }
    invalidate();
    return m_items.takeAt(index);
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), true);
}

QSize FlowLayout::sizeHint() const
{
    const QMargins margins = contentsMargins();
    int width = 0;
    int height = 0;
    for (const QLayoutItem* item : m_items) {
        if (!item->isEmpty()) {
            width += item->sizeHint().width() + m_spacing;
            height = std::max(height, item->sizeHint().height());
        }
    }
    return {
        std::max(0, width - m_spacing) + margins.left() + margins.right(),
        height + margins.top() + margins.bottom()};
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : m_items) {
        if (!item->isEmpty()) {
            size = size.expandedTo(item->minimumSize());
        }
    }
    const QMargins margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, false);
}

int FlowLayout::arrange(const QRect& rect, bool isDryRun) const
{
    const QRect inside = rect.marginsRemoved(contentsMargins());
    const Qt::LayoutDirection direction =
        parentWidget() ? parentWidget()->layoutDirection() : Qt::LeftToRight;
    int x = inside.left();
    int y = inside.top();
    int rowHeight = 0;
    std::vector<std::pair<QLayoutItem*, QRect>> row;
    // Labels stand at the middle of the fields beside them.
    const auto place = [&] {
        for (const auto& [item, box] : row) {
            item->setGeometry(QStyle::visualRect(direction, inside, box.translated(0, (rowHeight - box.height()) / 2)));
        }
        row.clear();
    };
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty()) {
            continue;
        }
        const QSize hint = item->sizeHint();
        const int width =
            std::min(hint.width(), std::max(inside.width(), item->minimumSize().width()));
        if (x > inside.left() && x + width > inside.right() + 1) {
            place();
            x = inside.left();
            y += rowHeight + m_spacing;
            rowHeight = 0;
        }
        if (!isDryRun) {
            row.emplace_back(item, QRect(x, y, width, hint.height()));
        }
        x += width + m_spacing;
        rowHeight = std::max(rowHeight, hint.height());
    }
    place();
    return y + rowHeight - rect.top() + contentsMargins().bottom();
}

} // namespace ty::widgets
