#include "widgets/confusion_matrix.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include "widgets/confusion_model.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

class CellDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        const ThemeColors& c = colorsOf(themeOf(QApplication::palette()));
        const double share = index.data(ConfusionModel::kShareRole).toDouble();
        const bool isRight = index.data(ConfusionModel::kIsRightRole).toBool();
        // The root shows small errors, which are what one looks for.
        const QColor tint = isRight ? c.accent : c.bad;
        const QColor fill = mixed(c.surface, tint, share <= 0 ? 0 : 0.08 + 0.82 * std::sqrt(share));
        painter->save();
        painter->fillRect(option.rect.adjusted(0, 0, -1, -1), fill);
        const QColor ink =
            contrastRatio(fill, c.text) >= contrastRatio(fill, c.surface) ? c.text : c.surface;
        const QString text = index.data().toString();
        painter->setPen(share <= 0 ? c.mutedText : ink);
        QFont font = option.font;
        font.setWeight(isRight ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->drawText(option.rect, Qt::AlignCenter, share <= 0 ? QStringLiteral("·") : text);
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(QPen(c.focus, 2));
            painter->drawRect(QRectF(option.rect).adjusted(1, 1, -2, -2));
            painter->setPen(QPen(c.surface, 1));
            painter->drawRect(QRectF(option.rect).adjusted(2.5, 2.5, -3.5, -3.5));
        }
        painter->restore();
    }
};

} // namespace

ConfusionMatrix::ConfusionMatrix(QWidget* parent)
    : QWidget(parent)
    , m_model(new ConfusionModel(this))
    , m_table(new QTableView(this))
    , m_unit(new QComboBox(this))
    , m_sort(new QCheckBox(tr("Most errors first"), this))
    , m_note(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    m_unit->addItem(tr("Counts"), static_cast<int>(MatrixUnit::Counts));
    m_unit->addItem(tr("% of true class"), static_cast<int>(MatrixUnit::RowPercent));
    m_unit->addItem(tr("% of predicted class"), static_cast<int>(MatrixUnit::ColumnPercent));
    setSpoken(*m_unit, tr("Unit of the cells"));
    auto* axes = new QLabel(tr("Rows: true class · Columns: predicted"), this);
    setTextRole(*axes, TextRole::Muted);
    row->addWidget(m_unit);
    row->addWidget(m_sort);
    row->addStretch();
    row->addWidget(axes);
    layout->addLayout(row);
    layout->addWidget(m_table, 1);
    setTextRole(*m_note, TextRole::Muted);
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    m_note->hide();

    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setShowGrid(false);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setCornerButtonEnabled(false);
    m_table->setAccessibleName(tr("Confusion matrix"));
    m_table->horizontalHeader()->setMinimumSectionSize(20);
    m_table->verticalHeader()->setMinimumSectionSize(18);
    m_table->verticalHeader()->setSectionsClickable(true);
    m_table->verticalHeader()->setToolTip(tr("Click a class to see its samples"));
    m_table->installEventFilter(this);
    m_table->viewport()->installEventFilter(this);

    connect(m_unit, &QComboBox::activated, this, [this](int index) {
        setUnit(static_cast<MatrixUnit>(m_unit->itemData(index).toInt()));
    });
    connect(m_sort, &QCheckBox::toggled, this, &ConfusionMatrix::setSortedByError);
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        emit cellClicked(m_model->classAt(index.row()), m_model->classAt(index.column()));
    });
    connect(m_table->verticalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        emit rowClicked(m_model->classAt(section));
    });
}

void ConfusionMatrix::setCounts(const QStringList& classes, const QList<QList<qint64>>& counts)
{
    m_model->setCounts(classes, counts);
    m_note->setVisible(m_model->hasOther());
    m_note->setText(tr("%1 of %2 classes are shown; the others are summed as \"other\".")
                        .arg(kShownClasses)
                        .arg(classes.size()));
    fitCells();
}

void ConfusionMatrix::setUnit(MatrixUnit unit)
{
    m_model->setUnit(unit);
    m_unit->setCurrentIndex(m_unit->findData(static_cast<int>(unit)));
    fitCells();
}

MatrixUnit ConfusionMatrix::unit() const
{
    return m_model->unit();
}

void ConfusionMatrix::setSortedByError(bool isSorted)
{
    if (m_model->isSortedByError() != isSorted) {
        m_model->setSortedByError(isSorted);
    }
    m_sort->setChecked(isSorted);
}

bool ConfusionMatrix::isSortedByError() const
{
    return m_model->isSortedByError();
}

void ConfusionMatrix::fitCells()
{
    const int count = m_model->columnCount();
    if (count == 0) {
        return;
    }
    // Squares that fill the view, but never too small for their numbers.
    int textWidth = fontMetrics().horizontalAdvance(QStringLiteral("100.0"));
    for (int i = 0; i < count; ++i) {
        textWidth = std::max(
            textWidth, fontMetrics().horizontalAdvance(m_model->index(i, i).data().toString()));
    }
    const int least = textWidth + 12;
    const QSize room = m_table->viewport()->size();
    const int width = std::clamp(room.width() / count, least, std::max(least, 84));
    const int height = std::clamp(
        room.height() / count,
        fontMetrics().height() + 8,
        std::max(fontMetrics().height() + 8, width));
    m_table->horizontalHeader()->setDefaultSectionSize(width);
    m_table->verticalHeader()->setDefaultSectionSize(height);
}

void ConfusionMatrix::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_table->viewport()->update();
    } else if (event->type() == QEvent::FontChange) {
        fitCells();
    }
}

void ConfusionMatrix::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitCells();
}

bool ConfusionMatrix::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const QModelIndex index = m_table->currentIndex();
        if ((key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) &&
            index.isValid()) {
            emit cellClicked(m_model->classAt(index.row()), m_model->classAt(index.column()));
            return true;
        }
    } else if (watched == m_table->viewport() && event->type() == QEvent::Resize) {
        fitCells();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ty::widgets
