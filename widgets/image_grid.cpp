#include "widgets/image_grid.h"

#include <algorithm>

#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QWheelEvent>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kPad = 5;

class ThumbnailDelegate : public QStyledItemDelegate {
  public:
    explicit ThumbnailDelegate(ImageGrid* grid)
        : QStyledItemDelegate(grid)
        , m_grid(*grid)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return m_grid.gridSize();
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        const ThemeColors& c = colorsFor(m_grid);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        const QRectF cell = QRectF(option.rect).adjusted(2, 2, -2, -2);
        const bool isSelected = option.state & QStyle::State_Selected;
        const bool isCurrent = (option.state & QStyle::State_HasFocus) && m_grid.hasFocus();
        if (isSelected || (option.state & QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(isSelected ? mixed(c.surface, c.accent, 0.25) : c.raised);
            painter->drawRoundedRect(cell, 5, 5);
        }
        if (isSelected || isCurrent) {
            painter->setPen(QPen(isCurrent ? c.focus : c.accent, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(cell.adjusted(1, 1, -1, -1), 5, 5);
        }
        const int side = m_grid.thumbnailSize();
        const QRect picture(
            option.rect.left() + (option.rect.width() - side) / 2,
            option.rect.top() + kPad + 2,
            side,
            side);
        paintPicture(*painter, c, picture, index);
        paintBadge(*painter, c, picture, index.data(ImageGrid::kBadgeRole).toString());
        const QRect caption(
            option.rect.left() + kPad,
            picture.bottom() + 2,
            option.rect.width() - 2 * kPad,
            option.rect.bottom() - picture.bottom() - 4);
        if (caption.height() >= option.fontMetrics.height()) {
            painter->setPen(c.text);
            painter->drawText(
                caption,
                Qt::AlignHCenter | Qt::AlignTop,
                option.fontMetrics.elidedText(
                    index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, caption.width()));
        }
        painter->restore();
    }

  private:
    static void paintPicture(
        QPainter& painter, const ThemeColors& c, const QRect& box, const QModelIndex& index)
    {
        const QVariant decoration = index.data(Qt::DecorationRole);
        if (decoration.userType() == QMetaType::QIcon) {
            decoration.value<QIcon>().paint(&painter, box);
            return;
        }
        QSizeF size;
        const QPixmap pixmap =
            decoration.userType() == QMetaType::QPixmap ? decoration.value<QPixmap>() : QPixmap();
        const QImage image =
            decoration.userType() == QMetaType::QImage ? decoration.value<QImage>() : QImage();
        size = !pixmap.isNull() ? pixmap.deviceIndependentSize() : image.deviceIndependentSize();
        if (size.isEmpty()) {
            // Not loaded yet: a quiet box of the final size, so that nothing jumps.
            painter.setPen(Qt::NoPen);
            painter.setBrush(c.raised);
            painter.drawRoundedRect(box, 4, 4);
            return;
        }
        // Tiny pictures (digits of 8 x 8) grow in whole steps and keep their pixels.
        const bool isTiny = std::max(size.width(), size.height()) * 2 <= box.width();
        QSizeF target = size.scaled(box.size(), Qt::KeepAspectRatio);
        if (!isTiny && size.width() <= box.width() && size.height() <= box.height()) {
            target = size;
        }
        painter.setRenderHint(QPainter::SmoothPixmapTransform, !isTiny);
        QRectF place(QPointF(), target);
        place.moveCenter(QRectF(box).center());
        if (!pixmap.isNull()) {
            painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()));
        } else {
            painter.drawImage(place, image, QRectF(image.rect()));
        }
    }

    static void
    paintBadge(QPainter& painter, const ThemeColors& c, const QRect& picture, const QString& text)
    {
        if (text.isEmpty()) {
            return;
        }
        const QFontMetrics metrics = painter.fontMetrics();
        QRectF pill(0, 0, metrics.horizontalAdvance(text) + 10, metrics.height() + 2);
        pill.moveBottomRight(QPointF(picture.bottomRight()) + QPointF(2, 2));
        painter.setPen(QPen(c.line, 1));
        painter.setBrush(c.surface);
        painter.drawRoundedRect(pill, 4, 4);
        painter.setPen(c.text);
        painter.drawText(pill, Qt::AlignCenter, text);
    }

    const ImageGrid& m_grid;
};

} // namespace

ImageGrid::ImageGrid(QWidget* parent)
    : QListView(parent)
{
    setViewMode(QListView::IconMode);
    setResizeMode(QListView::Adjust);
    setMovement(QListView::Static);
    setUniformItemSizes(true);
    setLayoutMode(QListView::Batched);
    setBatchSize(2000);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setItemDelegate(new ThumbnailDelegate(this));
    setAccessibleName(tr("Pictures"));
    connect(this, &QListView::activated, this, &ImageGrid::itemActivated);
    relayout();
}

void ImageGrid::relayout()
{
    const int caption = m_areCaptionsVisible ? fontMetrics().height() + 4 : 0;
    const QSize cell(m_thumbnailSize + 2 * kPad + 4, m_thumbnailSize + 2 * kPad + 4 + caption);
    setIconSize({m_thumbnailSize, m_thumbnailSize});
    setGridSize(cell);
    verticalScrollBar()->setSingleStep(std::max(20, cell.height() / 3));
}

void ImageGrid::setThumbnailSize(int pixels)
{
    pixels = std::clamp(pixels, kSmallest, kLargest);
    if (pixels == m_thumbnailSize) {
        return;
    }
    const QModelIndex top = indexAt(viewport()->rect().topLeft() + QPoint(kPad * 2, kPad * 2));
    m_thumbnailSize = pixels;
    relayout();
    if (top.isValid()) {
        scrollTo(top, QAbstractItemView::PositionAtTop); // what one looked at stays in view
    }
    emit thumbnailSizeChanged(pixels);
}

void ImageGrid::setCaptionsVisible(bool areVisible)
{
    m_areCaptionsVisible = areVisible;
    relayout();
}

void ImageGrid::setModel(QAbstractItemModel* model)
{
    if (this->model()) {
        disconnect(this->model(), nullptr, this, nullptr);
    }
    QListView::setModel(model);
    m_announced = {-1, -1};
    if (!model) {
        return;
    }
    // After the view has laid out what came.
    const auto later = [this] {
        QMetaObject::invokeMethod(
            this, [this] { announceVisibleRows(); }, Qt::QueuedConnection);
    };
    connect(model, &QAbstractItemModel::modelReset, this, later);
    connect(model, &QAbstractItemModel::rowsInserted, this, later);
    connect(model, &QAbstractItemModel::rowsRemoved, this, later);
    connect(model, &QAbstractItemModel::layoutChanged, this, later);
    later();
}

std::pair<int, int> ImageGrid::visibleRows() const
{
    if (!model() || model()->rowCount(rootIndex()) == 0) {
        return {-1, -1};
    }
    const int count = model()->rowCount(rootIndex());
    const int perRow = std::max(1, viewport()->width() / std::max(1, gridSize().width()));
    const int height = std::max(1, gridSize().height());
    const int top = verticalOffset() / height;
    const int bottom = (verticalOffset() + viewport()->height()) / height;
    return {std::min(top * perRow, count - 1), std::min((bottom + 1) * perRow - 1, count - 1)};
}

void ImageGrid::announceVisibleRows()
{
    const auto rows = visibleRows();
    if (rows != m_announced) {
        m_announced = rows;
        emit visibleRowsChanged(rows.first, rows.second);
    }
}

void ImageGrid::wheelEvent(QWheelEvent* event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QListView::wheelEvent(event);
        return;
    }
    const int by = event->angleDelta().y() > 0 ? 16 : -16;
    setThumbnailSize(m_thumbnailSize + by);
    event->accept();
}

void ImageGrid::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal) {
            setThumbnailSize(m_thumbnailSize + 16);
            return;
        }
        if (event->key() == Qt::Key_Minus) {
            setThumbnailSize(m_thumbnailSize - 16);
            return;
        }
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
        currentIndex().isValid()) {
        emit itemActivated(currentIndex());
        return;
    }
    QListView::keyPressEvent(event);
}

void ImageGrid::resizeEvent(QResizeEvent* event)
{
    QListView::resizeEvent(event);
    announceVisibleRows();
}

void ImageGrid::scrollContentsBy(int dx, int dy)
{
    QListView::scrollContentsBy(dx, dy);
    announceVisibleRows();
}

void ImageGrid::changeEvent(QEvent* event)
{
    QListView::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        relayout();
    }
}

} // namespace ty::widgets
