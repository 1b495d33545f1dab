#include "widgets/bars.h"

#include <algorithm>

#include <QListView>
#include <QLocale>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kNameRole = Qt::UserRole + 1;
constexpr int kCountRole = Qt::UserRole + 2;
constexpr int kLargestRole = Qt::UserRole + 3;
constexpr int kTotalRole = Qt::UserRole + 4;
constexpr int kLongestRole = Qt::UserRole + 5;

class BarDelegate : public QStyledItemDelegate {
  public:
    BarDelegate(const ClassBars* owner, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_owner(*owner)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        // The list makes rows as wide as it is; a wish above that would push the percents out of sight.
        return {option.fontMetrics.averageCharWidth() * 10, option.fontMetrics.height() + 10};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        const ThemeColors& c = colorsFor(m_owner);
        const QString name = index.data(kNameRole).toString();
        const auto count = index.data(kCountRole).toLongLong();
        const auto largest = std::max<qlonglong>(1, index.data(kLargestRole).toLongLong());
        const auto total = std::max<qlonglong>(1, index.data(kTotalRole).toLongLong());
        const bool isChosen = !m_owner.selectedClass().isEmpty() && m_owner.selectedClass() == name;
        const bool isFaded = !m_owner.selectedClass().isEmpty() && !isChosen;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect row = option.rect.adjusted(6, 2, -6, -2);
        if (option.state & QStyle::State_MouseOver) {
            painter->fillRect(option.rect, mixed(c.surface, c.raised, 0.6));
        }
        const QFontMetrics metrics = option.fontMetrics;
        const int nameWidth = std::min(
            row.width() * 2 / 5,
            metrics.horizontalAdvance(index.data(kLongestRole).toString()) + 22);
        const QString number = QLocale().toString(count);
        const QString percent =
            QLocale().toString(
                100.0 * static_cast<double>(count) / static_cast<double>(total), 'f', 1) +
            QStringLiteral(" %");
        const int numberWidth = metrics.horizontalAdvance(QLocale().toString(largest)) + 6;
        const int percentWidth = metrics.horizontalAdvance(QStringLiteral("100.0 %"));
        QFont font = option.font;
        font.setWeight(isChosen ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->setPen(isFaded ? c.mutedText : c.text);
        painter->drawText(
            QRect(row.left(), row.top(), nameWidth, row.height()),
            Qt::AlignVCenter | Qt::AlignLeft,
            (isChosen ? QStringLiteral("✓ ") : QString()) +
                metrics.elidedText(name, Qt::ElideRight, nameWidth - (isChosen ? 16 : 0)));
        const QRectF track(
            row.left() + nameWidth + 8,
            row.center().y() - 5,
            std::max(10, row.width() - nameWidth - numberWidth - percentWidth - 24),
            11);
        QRectF bar = track;
        bar.setWidth(
            count == 0
                ? 0
                : std::max(
                      3.0,
                      track.width() * static_cast<double>(count) / static_cast<double>(largest)));
        painter->setPen(Qt::NoPen);
        painter->setBrush(isFaded ? c.line : c.accent);
        painter->drawRoundedRect(bar, 3, 3);
        painter->setPen(isFaded ? c.mutedText : c.text);
        const int right = row.right();
        painter->drawText(
            QRect(right - percentWidth - 8 - numberWidth, row.top(), numberWidth, row.height()),
            Qt::AlignVCenter | Qt::AlignRight,
            number);
        painter->setPen(c.mutedText);
        painter->drawText(
            QRect(right - percentWidth, row.top(), percentWidth, row.height()),
            Qt::AlignVCenter | Qt::AlignRight,
            percent);
        if ((option.state & QStyle::State_HasFocus)) {
            painter->setPen(QPen(c.focus, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 4, 4);
        }
        painter->restore();
    }

  private:
    const ClassBars& m_owner;
};

} // namespace

ClassBars::ClassBars(QWidget* parent)
    : QWidget(parent)
    , m_list(new QListView(this))
    , m_model(new QStandardItemModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_list);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new BarDelegate(this, m_list));
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setAccessibleName(tr("Samples per class"));
    connect(m_list, &QListView::clicked, this, &ClassBars::choose);
    connect(m_list, &QListView::activated, this, &ClassBars::choose);
}

void ClassBars::setCounts(const QList<ClassCount>& counts)
{
    qint64 largest = 0;
    qint64 total = 0;
    for (const ClassCount& entry : counts) {
        largest = std::max(largest, entry.count);
        total += entry.count;
    }
    QString longest;
    for (const ClassCount& entry : counts) {
        longest = entry.name.size() > longest.size() ? entry.name : longest;
    }
    m_model->clear();
    for (const ClassCount& entry : counts) {
        auto* item = new QStandardItem(entry.name);
        item->setData(entry.name, kNameRole);
        item->setData(static_cast<qlonglong>(entry.count), kCountRole);
        item->setData(static_cast<qlonglong>(largest), kLargestRole);
        item->setData(static_cast<qlonglong>(total), kTotalRole);
        item->setData(longest, kLongestRole);
        const QString spoken =
            tr("%1: %Ln sample(s)", nullptr, static_cast<int>(entry.count)).arg(entry.name);
        item->setData(spoken, Qt::AccessibleTextRole);
        item->setToolTip(spoken);
        m_model->appendRow(item);
    }
}

void ClassBars::setSelectedClass(const QString& name)
{
    m_selected = name;
    m_list->viewport()->update();
}

QString ClassBars::selectedClass() const
{
    return m_selected;
}

void ClassBars::choose(const QModelIndex& index)
{
    const QString name = index.data(kNameRole).toString();
    setSelectedClass(name == m_selected ? QString() : name);
    emit classClicked(m_selected);
}

} // namespace ty::widgets
