#include "widgets/distribution_delegate.h"

#include <algorithm>

#include <QApplication>
#include <QList>
#include <QPainter>

#include "widgets/theme/palette.h"

namespace ty::widgets {

DistributionDelegate::DistributionDelegate(QObject* parent)
    : QStyledItemDelegate(parent)
{
}

QSize DistributionDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {option.fontMetrics.averageCharWidth() * 18, option.fontMetrics.height() + 8};
}

void DistributionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto bars = index.data(kBarsRole).value<QList<double>>();
    QStyledItemDelegate::paint(painter, option, index); // the background, and the text where there are no bars
    if (bars.isEmpty() || option.widget == nullptr) {
        return;
    }
    const ThemeColors& c = colorsFor(*option.widget);
    const bool areSeparate = index.data(kAreSeparateRole).toBool();
    const bool isSelected = option.state & QStyle::State_Selected;
    const QRectF area = QRectF(option.rect).adjusted(6, 4, -6, -4);
    const double most = std::max(1e-300, *std::max_element(bars.begin(), bars.end()));
    const double step = std::min(area.width() / static_cast<double>(bars.size()), areSeparate ? 16.0 : area.width());
    const double gap = areSeparate ? std::min(3.0, step / 3) : 0.0;
    painter->save();
    painter->setPen(Qt::NoPen);
    painter->setBrush(isSelected ? c.text : c.accent);
    for (qsizetype i = 0; i < bars.size(); ++i) {
        if (bars[i] > 0) {
            // What is there at all is seen.
            const double height = std::max(1.0, area.height() * bars[i] / most);
            painter->drawRect(QRectF(area.left() + step * static_cast<double>(i), area.bottom() - height, std::max(1.0, step - gap), height));
        }
    }
    painter->setBrush(c.line);
    painter->drawRect(QRectF(area.left(), area.bottom(), step * static_cast<double>(bars.size()) - gap, 1));
    painter->restore();
}

} // namespace ty::widgets
