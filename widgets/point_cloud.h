#pragma once

#include <cstdint>
#include <vector>

#include <QPixmap>
#include <QStringList>
#include <QWidget>

namespace ty::widgets {

/// Points of a plane, coloured by class. The wheel zooms, a drag moves, Shift+drag draws round points, Ctrl+drag takes a box; + and - zoom,
/// 0 shows all, Escape takes the choice back. Ten thousand points move smoothly: each is a stamp.
class PointCloud : public QWidget {
    Q_OBJECT

  public:
    explicit PointCloud(QWidget* parent = nullptr);

    /// @param groups  {points}: the number of a name, or -1 for none, @param names  of the groups; empty: one colour
    void setGroups(std::vector<std::int32_t> groups, const QStringList& names);
    /// For values instead of groups: {points}, from 0 to 1, as a scale of one colour.
    void setLevels(std::vector<float> levels);
    /// @param places  {points, 2}. The same number of points keeps the view and the choice: they have moved.
    void setPlaces(std::vector<float> places);
    /// What stands in the middle while there are no points.
    void setHint(const QString& hint);
    std::size_t pointCount() const { return m_places.size() / 2; }
    /// Points that are chosen, ascending; empty: none.
    const std::vector<std::uint32_t>& chosen() const { return m_chosen; }
    void setChosen(std::vector<std::uint32_t> points);
    void fitAll();
    /// Where a point is drawn in the widget now.
    QPointF placeOf(std::uint32_t point) const;
    /// The nearest point within reach of the pointer, or -1.
    int pointAt(const QPointF& place) const;

  signals:
    /// The pointer rests on a point, or on none (-1).
    void hovered(int point, const QPoint& globalPlace);
    void chosenChanged();
    void pointActivated(int point);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    enum class Gesture { None, Move, Box, Lasso };
    void makeStamps();
    std::size_t stampOf(std::size_t point) const;
    void zoomAt(const QPointF& place, double factor);
    void choose(const QPolygonF& outline);
    QPointF toPlane(const QPointF& place) const { return (place - m_offset) / m_zoom; }
    void paintLegend(class QPainter& painter) const;
    void describe();

    QString m_hint;
    std::vector<float> m_places;
    std::vector<std::int32_t> m_groups;
    std::vector<float> m_levels;
    QStringList m_names;
    std::vector<std::uint32_t> m_chosen;
    std::vector<bool> m_isChosen;
    QPixmap m_stamps; ///< one beside the other; rebuilt when colours change
    int m_stampSize = 0;
    QPointF m_offset;
    double m_zoom = 1;
    bool m_isFitted = true; ///< until the person zooms or moves
    Gesture m_gesture = Gesture::None;
    QPointF m_pressedAt;
    QPointF m_offsetAtPress;
    QPolygonF m_outline;
    int m_hovered = -1;
};

} // namespace ty::widgets
