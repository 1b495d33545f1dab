#pragma once

#include <array>
#include <optional>
#include <vector>

#include <QElapsedTimer>
#include <QImage>
#include <QWidget>

#include "widgets/chart/chart_painter.h"
#include "widgets/chart/chart_readout.h"
#include "widgets/chart/chart_scene.h"

class QPushButton;
class QTimer;

namespace ty::widgets {

/// The picture of a chart, and what mouse and keys do to it.
class ChartCanvas : public QWidget {
    Q_OBJECT

  public:
    explicit ChartCanvas(QWidget* parent = nullptr);

    ChartScene& scene() { return m_scene; }
    const ChartScene& scene() const { return m_scene; }
    ChartGeometry geometryNow() const;
    const Readout& readout() const { return m_readout; }

    /// Points came: the picture follows at its own pace.
    void noteData();
    /// Settings changed: fits if following, and repaints at once.
    void noteSettings();
    /// Between these, noteSettings() waits for the last endChanges().
    void beginChanges() { ++m_changes; }
    void endChanges();
    bool isFollowing() const { return m_isFollowing; }
    void setFollowing(bool isOn);
    bool isPaused() const { return m_isPaused; }
    void setPaused(bool isPaused);

    enum class Link { Linked, Alone };
    enum class Remember { Yes, No };
    void setView(const ChartRange& x, const ChartRange& y, Link link, Remember remember);
    void setLogX(bool isOn);
    void setLogY(bool isOn);
    /// @param factor  below 1 zooms in; `at` is a place in [0, 1] along the axis
    void zoomX(double factor, double at, Link link = Link::Linked);
    void zoomY(double factor, double at);
    /// @param part  of the visible width
    void pan(double partX, double partY, Link link = Link::Linked);
    void fit(Link link = Link::Linked);
    void zoomBack(Link link = Link::Linked);
    /// The two fobs: dragged by mouse, moved to real places. Shown first at a quarter and three
    /// quarters of what is seen.
    void setRangeShown(bool isShown);
    bool isRangeShown() const { return m_scene.fobs.has_value(); }
    void moveFob(int index, double place);
    void stepFob(int index, int by);

    QSize sizeHint() const override { return {420, 220}; }
    QSize minimumSizeHint() const override { return {160, 110}; }

  signals:
    void refreshed();
    void viewChanged(bool isLinked);
    void followingChanged(bool isFollowing);
    void lineClicked(const QString& id, const ty::widgets::ChartPoint& point);
    /// A click on a line that did not become a double click.
    void lineMenuRequested(const QString& id, const ty::widgets::ChartPoint& point, const QPoint& at);
    /// A click on a mark that offers something.
    void markClicked(const QString& id, const ty::widgets::ChartMark& mark, const QPoint& at);
    void rangeChanged();
    /// A key asked for something that the frame around the canvas owns.
    void keyCommand(int key, Qt::KeyboardModifiers modifiers);
    void menuRequested(const QPoint& globalPosition);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    enum class Drag { None, Band, Pan, Fob };
    struct View {
        ChartRange x;
        ChartRange y;
        bool isFollowing = false;
    };

    void refresh();
    void repaintPicture();
    void paintOverlay(QPainter& painter);
    void setFobs(const std::optional<std::array<double, 2>>& fobs);
    std::optional<PlacedMark> markToOffer(const QPointF& at) const;
    void click(const QPointF& at, const QPoint& globalAt);
    void applyBand(const QRectF& band, Link link);
    void placePill();
    static Link linkOf(Qt::KeyboardModifiers modifiers);

    ChartScene m_scene;
    QImage m_picture;
    bool m_isPictureStale = true;
    int m_changes = 0; ///< begun and not ended
    bool m_areSettingsChanged = false;
    bool m_isMoving = false;       ///< a gesture is under way
    bool m_isCoarse = false;       ///< the picture was drawn with wide columns
    double m_fullMilliseconds = 0; ///< what the last exact picture took
    QTimer* m_timer;
    QTimer* m_settle;
    QTimer* m_smooth; ///< goes on with smoothing
    QTimer* m_click;
    QString m_clickedLine;
    ChartPoint m_clickedPoint;
    QPoint m_clickedAt;
    int m_heldFob = -1;
    QElapsedTimer m_sinceRefresh;
    QPushButton* m_pill;
    Readout m_readout;
    std::vector<View> m_history;
    bool m_isFollowing = true;
    bool m_isPaused = false;
    Drag m_drag = Drag::None;
    QPointF m_pressedAt;
    QPointF m_draggedTo;
    Link m_dragLink = Link::Linked;
    View m_panFrom;
};

} // namespace ty::widgets
