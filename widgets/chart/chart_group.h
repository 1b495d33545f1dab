#pragma once

#include <QList>
#include <QObject>

namespace ty::widgets {

class LineChart;

/// Links the X zoom and X axis of several charts and walks the focus between them ([ and ]).
/// A gesture with Alt held stays in its chart. Charts with a different X axis are left alone.
class ChartGroup : public QObject {
    Q_OBJECT

  public:
    explicit ChartGroup(QObject* parent = nullptr);

    /// Does not own the chart; a destroyed chart leaves by itself.
    void add(LineChart* chart);
    void remove(LineChart* chart);
    QList<LineChart*> charts() const { return m_charts; }

  private:
    void walk(LineChart* from, int by);

    QList<LineChart*> m_charts;
    bool m_isRelaying = false;
};

} // namespace ty::widgets
