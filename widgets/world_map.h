#pragma once

#include <vector>

#include <QString>
#include <QWidget>

namespace ty::widgets {

/// What a point of the map says, in a shape and a colour each.
enum class MapMark {
    None,    ///< small dot: nothing to be had
    Waiting, ///< hollow ring
    Active,  ///< ring in a ring
    Good,    ///< disc with a tick
    Bad,     ///< ring with a cross
    Warning, ///< triangle
    Unknown, ///< diamond
};

struct MapPoint {
    double latitude = 0; ///< degrees
    double longitude = 0;
    MapMark mark = MapMark::None;
    QString name; ///< told when one points at it: "westeurope: 1 given, 2 no capacity"
};

/// A small map of the world with points. Those that matter are drawn last, so that others do not hide them.
class WorldMap : public QWidget {
    Q_OBJECT
public:
    explicit WorldMap(QWidget* parent = nullptr);

    void setPoints(std::vector<MapPoint> points);
    const std::vector<MapPoint>& points() const { return m_points; }
    /// The point under `position`; -1: none.
    int pointAt(const QPointF& position) const;
    QPointF positionOf(const MapPoint& point) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

signals:
    void pointActivated(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF area() const;

    std::vector<MapPoint> m_points;
};

/// Draws a mark, for legends.
void drawMapMark(QPainter& painter, MapMark mark, const QPointF& center, double radius, const QWidget& widget);

} // namespace ty::widgets
