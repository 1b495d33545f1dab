#pragma once

#include <memory>
#include <span>
#include <vector>

#include <QFrame>

#include "widgets/chart/chart_types.h"

class QAbstractItemModel;
class QImage;

namespace ty::widgets {

class ChartCanvas;
class ChartSnapshot;
class SeriesData;

/// Live line chart: every point is kept; the picture holds first, min, max and last per pixel.
///
/// Lives on the GUI thread. Appending is O(1) and never repaints at once: the picture follows
/// at most ten times a second, once a second when hidden, and not at all when minimised.
/// Steps that go back (a resumed run) dim what they supersede.
class LineChart : public QFrame {
    Q_OBJECT

  public:
    explicit LineChart(QWidget* parent = nullptr);
    ~LineChart() override;

    /// Title and unit, e.g. "Loss", "nats". The chart has one Y axis and so one unit.
    void setTitle(const QString& title, const QString& unit = {});
    QString title() const;
    /// Text while there is no point, e.g. "The first point arrives after one epoch".
    void setEmptyText(const QString& text);
    /// What the X axis counts where others count epochs: "Tree"; empty: epochs.
    void setEpochName(const QString& name);

    /// Adds a line, or replaces the look of the one with the same id.
    void addLine(const ChartLine& line);
    /// Between these, lines that come and go wait for endChanges() to fit the axes and renew the legend, once for all
    /// of them. May be nested.
    void beginChanges();
    void endChanges();
    void removeLine(const QString& id);
    void clear();
    QStringList lineIds() const;
    /// The look of a line as it is now; an empty id: there is none.
    ChartLine line(const QString& id) const;
    void setLineVisible(const QString& id, bool isVisible);
    bool isLineVisible(const QString& id) const;

    void append(const QString& id, const ChartPoint& point);
    void append(const QString& id, std::span<const ChartPoint> points);
    /// Replaces all points of a line.
    void setPoints(const QString& id, std::span<const ChartPoint> points);
    /// The same with points that another thread has put together, smoothed by smoothing() if they are to be:
    /// then nothing is left to do here for each point. What is seen stays where it is.
    void setData(const QString& id, SeriesData series);
    qsizetype pointCount(const QString& id) const;

    /// Marks given by the caller. ★ (from `better`) and ⚠ for NaN/Inf appear by themselves.
    void setMarks(const QString& id, const QList<ChartMark>& marks);
    void addMark(const QString& id, const ChartMark& mark);

    /// When the run of a line did not train; the wall clock axis leaves that out.
    void setPauses(const QString& id, const QList<ClockSpan>& pauses);
    /// Around each point of a line, e.g. the spread of the runs that it is the mean of.
    void setBand(const QString& id, std::vector<BandPoint> band);
    /// Every point of a line, in order of arrival.
    std::vector<ChartPoint> points(const QString& id) const;

    void setXKind(XKind kind);
    /// False where a page chooses the X axis for all its charts.
    void setXChoiceVisible(bool isVisible);
    XKind xKind() const;
    /// What the Y axis shows at least while it follows: {0, 100} for a share, so that 1 % does not fill the picture.
    void setYIncluded(const ChartRange& range);
    /// @param weight  [0, 0.999]; 0 is off
    void setSmoothing(double weight);
    double smoothing() const;
    void setLogX(bool isOn);
    void setLogY(bool isOn);
    void setOutliersClipped(bool isOn);
    void setGridVisible(bool isOn);
    bool isLogX() const;
    bool isLogY() const;
    bool areOutliersClipped() const;
    bool isGridVisible() const;

    /// Following fits the axes to the data as it arrives; any zoom or pan ends it.
    bool isFollowing() const;
    void setFollowing(bool isOn);
    /// Stops drawing (not training); points are still kept.
    void setDrawingPaused(bool isPaused);
    bool isDrawingPaused() const;

    ChartRange xRange() const;
    ChartRange yRange() const;
    /// Zooms to a range; ends following. Used to link charts.
    void setXRange(const ChartRange& range);
    void fit();
    void zoomBack();

    /// Two fobs, and below the picture what each line does between them.
    void setRangeShown(bool isShown);
    bool isRangeShown() const;
    /// Keeps a value written beside its point, or no longer.
    void setPinned(const QString& id, const ChartPoint& point, bool isPinned);
    bool isPinned(const QString& id, const ChartPoint& point) const;

    void setTableVisible(bool isVisible);
    bool isTableVisible() const;
    /// The points of the visible lines, for a table of one's own. Owned by the chart.
    QAbstractItemModel* tableModel() const;
    /// e.g. "Loss. training 0.12 at epoch 7; validation 0.21, best 0.19 at epoch 6".
    QString spokenSummary() const;

    /// To be written by another thread; `size` as in ChartSnapshot, invalid: as on the screen.
    ChartSnapshot snapshot(const QSize& size = {}) const;
    QImage renderImage(const QSize& size, double pixelRatio = 2.0) const;
    QByteArray toSvg(const QSize& size) const;
    /// Long form: line,step,epoch,elapsed_seconds,wall_seconds,value; every point, raw.
    QString toCsv() const;
    QByteArray exportBytes(ExportFormat format) const;

    /// The drawing area, for focus and for tests.
    QWidget* canvas() const;

  signals:
    void lineClicked(const QString& id, const ty::widgets::ChartPoint& point);
    // From the menu of a line; which of them it offers is in its ChartLine.
    void openRequested(const QString& id);
    void branchRequested(const QString& id, const ty::widgets::ChartPoint& point);
    void baselineRequested(const QString& id, bool isOn);
    /// A click on a mark that offers something was confirmed.
    void markActionRequested(const QString& id, const ty::widgets::ChartMark& mark);
    void xRangeChanged(const ty::widgets::ChartRange& range, bool isLinked);
    void followingChanged(bool isFollowing);
    void xKindChanged(ty::widgets::XKind kind);
    /// The page asks for a place and writes snapshot() there.
    void exportRequested(ty::widgets::ExportFormat format);
    void fullScreenRequested();
    void previousPanelRequested();
    void nextPanelRequested();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Parts;
    void buildHeader();
    void buildMenu();
    void runKey(int key, Qt::KeyboardModifiers modifiers);
    void copyTable() const;
    void showLineMenu(const QString& id, const ChartPoint& point, const QPoint& at);
    void showMarkMenu(const QString& id, const ChartMark& mark, const QPoint& at);
    void refreshRange();
    void refreshLegend();
    void refreshToggles();
    void followInTable();
    /// Which controls there is room and use for.
    void refreshHead();
    std::unique_ptr<Parts> m_parts;
};

} // namespace ty::widgets
