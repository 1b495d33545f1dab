#include "widgets/importance_bars.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

#include "widgets/table_look.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

enum BarColumn { kNameColumn, kBarColumn, kValueColumn, kSpreadColumn, kBarColumns };
enum BarRole { kValueRole = Qt::UserRole + 1, kSpreadRole, kRepeatsRole, kLowRole, kHighRole };
constexpr double kWhiskerHeight = 8;
constexpr double kDotRadius = 1.7;

class WhiskerDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const ThemeColors& c = colorsOf(themeOf(QApplication::palette()));
        const double low = index.data(kLowRole).toDouble();
        const double high = index.data(kHighRole).toDouble();
        if (!(high > low)) {
            return;
        }
        const QRectF room = QRectF(option.rect).adjusted(10, 5, -10, -5);
        const auto xOf = [&](double value) { return room.left() + room.width() * (value - low) / (high - low); };
        const double value = index.data(kValueRole).toDouble();
        const double spread = index.data(kSpreadRole).toDouble();
        const double y = room.center().y();
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(value >= 0 ? c.series[0] : c.series[1]);
        painter->drawRect(QRectF(QPointF(xOf(std::min(0.0, value)), room.top()), QPointF(xOf(std::max(0.0, value)), room.bottom())));
        painter->setPen(QPen(c.line, 1));
        painter->drawLine(QPointF(xOf(0), option.rect.top()), QPointF(xOf(0), option.rect.bottom()));
        if (spread > 0) {
            painter->setPen(QPen(isSelected ? option.palette.color(QPalette::HighlightedText) : c.text, 1.6));
            painter->drawLine(QPointF(xOf(value - spread), y), QPointF(xOf(value + spread), y));
            for (const double end : {value - spread, value + spread}) {
                painter->drawLine(QPointF(xOf(end), y - kWhiskerHeight / 2), QPointF(xOf(end), y + kWhiskerHeight / 2));
            }
        }
        painter->setPen(QPen(c.surface, 0.8));
        painter->setBrush(c.text);
        for (const QVariant& repeat : index.data(kRepeatsRole).toList()) {
            painter->drawEllipse(QPointF(xOf(repeat.toDouble()), room.bottom() - 2), kDotRadius, kDotRadius);
        }
        painter->restore();
    }
};

QString shortNumber(double value)
{
    return QLocale().toString(value, 'f', std::abs(value) < 100 ? 4 : 1);
}

QStandardItem* numberItem(double value, const QString& text)
{
    auto* item = new QStandardItem(text);
    item->setData(value, kValueRole);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

} // namespace

ImportanceBars::ImportanceBars(QWidget* parent)
    : QTableView(parent)
    , m_model(new QStandardItemModel(this))
{
    m_model->setSortRole(kValueRole);
    setModel(m_model);
    setUpRows(*this, tr("Importance of the columns"));
    setItemDelegateForColumn(kBarColumn, new WhiskerDelegate(this));
    setSortingEnabled(true);
}

void ImportanceBars::setBars(const std::vector<ImportanceBar>& bars, const QString& measure)
{
    m_model->clear();
    m_model->setHorizontalHeaderLabels({tr("Column"), measure, tr("Mean"), tr("± spread")});
    double low = 0;
    double high = 0;
    for (const ImportanceBar& bar : bars) {
        low = std::min({low, bar.value - bar.spread, bar.value});
        high = std::max({high, bar.value + bar.spread, bar.value});
        for (const double one : bar.repeats) {
            low = std::min(low, one);
            high = std::max(high, one);
        }
    }
    bool isSpreadKnown = false;
    for (const ImportanceBar& bar : bars) {
        auto* name = new QStandardItem(bar.name);
        name->setData(bar.name, kValueRole);
        name->setToolTip(bar.name);
        auto* drawn = new QStandardItem;
        drawn->setData(bar.value, kValueRole);
        drawn->setData(bar.spread, kSpreadRole);
        drawn->setData(low, kLowRole);
        drawn->setData(high, kHighRole);
        QVariantList repeats;
        for (const double one : bar.repeats) {
            repeats << one;
        }
        drawn->setData(repeats, kRepeatsRole);
        const QString words = bar.spread > 0 ? tr("%1: %2 ± %3").arg(bar.name, shortNumber(bar.value), shortNumber(bar.spread))
                                             : tr("%1: %2").arg(bar.name, shortNumber(bar.value));
        drawn->setToolTip(words);
        drawn->setData(words, Qt::AccessibleTextRole);
        isSpreadKnown = isSpreadKnown || bar.spread > 0 || !bar.repeats.empty();
        m_model->appendRow(
            {name, drawn, numberItem(bar.value, shortNumber(bar.value)), numberItem(bar.spread, shortNumber(bar.spread))});
    }
    setColumnHidden(kSpreadColumn, !isSpreadKnown);
    auto& header = *horizontalHeader();
    header.setStretchLastSection(false);
    header.setSectionResizeMode(kNameColumn, QHeaderView::Interactive);
    header.setSectionResizeMode(kBarColumn, QHeaderView::Stretch);
    const int letter = fontMetrics().averageCharWidth();
    setColumnWidth(kNameColumn, std::clamp(sizeHintForColumn(kNameColumn) + 16, 12 * letter, 32 * letter));
    setColumnWidth(kValueColumn, 14 * letter);
    setColumnWidth(kSpreadColumn, 14 * letter);
    sortByColumn(kBarColumn, Qt::DescendingOrder);
}

QString ImportanceBars::toCsv() const
{
    QString text = QStringLiteral("column,mean,deviation\n");
    for (int row = 0; row < m_model->rowCount(); ++row) {
        QString name = m_model->item(row, kNameColumn)->text();
        name.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        text += QStringLiteral("\"%1\",%2,%3\n")
                    .arg(name)
                    .arg(m_model->item(row, kValueColumn)->data(kValueRole).toDouble(), 0, 'g', 17)
                    .arg(m_model->item(row, kSpreadColumn)->data(kValueRole).toDouble(), 0, 'g', 17);
    }
    return text;
}

} // namespace ty::widgets
