#pragma once

#include <utility>

#include <QListView>

namespace ty::widgets {

/// Grid of thumbnails over any list model, laid out only where one looks.
///
/// DecorationRole is a QPixmap, QImage or QIcon and may come late (dataChanged); DisplayRole is
/// the caption, ToolTipRole the long text, AccessibleTextRole the spoken one. Ctrl+wheel and
/// Ctrl +/- change the size.
class ImageGrid : public QListView {
    Q_OBJECT

  public:
    /// A short badge drawn over the picture's corner, e.g. "≠ 7" for a wrong answer.
    static constexpr int kBadgeRole = Qt::UserRole + 901;
    static constexpr int kSmallest = 48;
    static constexpr int kLargest = 256;

    explicit ImageGrid(QWidget* parent = nullptr);

    /// Edge of a thumbnail in logical pixels, 48 to 256.
    int thumbnailSize() const { return m_thumbnailSize; }
    void setThumbnailSize(int pixels);
    void setCaptionsVisible(bool areVisible);
    void setModel(QAbstractItemModel* model) override;
    /// Rows on screen now, so that the owner loads those first; {first, last}, -1 if none.
    std::pair<int, int> visibleRows() const;

  signals:
    void thumbnailSizeChanged(int pixels);
    void visibleRowsChanged(int first, int last);
    void itemActivated(const QModelIndex& index);

  protected:
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void changeEvent(QEvent* event) override;

  private:
    void relayout();
    void announceVisibleRows();

    int m_thumbnailSize = 96;
    bool m_areCaptionsVisible = true;
    std::pair<int, int> m_announced{-1, -1};
};

} // namespace ty::widgets
