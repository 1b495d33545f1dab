#pragma once

#include <QWidget>

#include "widgets/tree_picture.h"

namespace ty::widgets {

/// A decision tree that can be read: Ctrl+wheel, + and - zoom, a drag or the wheel moves, 0 shows all. A click on a question,
/// Space or Enter puts away what is below it or shows it again; arrows go from node to node.
class TreeView : public QWidget {
    Q_OBJECT

  public:
    explicit TreeView(QWidget* parent = nullptr);

    /// @param levels  questions below each other that are shown at first
    void setTree(std::vector<TreePictureNode> nodes, const QStringList& classes, int levels);
    void showLevels(int levels);
    /// The way of a sample; the picture goes to its answer.
    void setWay(const std::vector<int>& way);
    void fitAll();
    const TreePicture& picture() const { return m_picture; }
    double zoom() const { return m_zoom; }
    int currentNode() const { return m_current; }
    /// Where a node is drawn in the widget now.
    QRectF placeOf(int node) const;

  signals:
    void currentChanged(int node);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void refresh();
    void zoomAt(const QPointF& place, double factor);
    void toggle(int node);
    void choose(int node);
    void goSideways(int direction);
    void showNode(int node);
    QPointF toPicture(const QPointF& place) const { return (place - m_offset) / m_zoom; }

    TreePicture m_picture;
    QPointF m_offset; ///< of the picture's origin in the widget
    double m_zoom = 1;
    int m_current = -1;
    bool m_isFitted = true; ///< until the person zooms or moves
    QPointF m_pressedAt;
    QPointF m_offsetAtPress;
    bool m_isDragged = false;
};

} // namespace ty::widgets
