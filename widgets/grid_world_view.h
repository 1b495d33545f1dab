#pragma once

#include <vector>

#include <QString>
#include <QWidget>

namespace ty::widgets {

/// A world of squares that an agent learns: walls, a start, goals and pits are painted by click; values are shown as colours, the best
/// known moves as arrows, the agent as a disc.
class GridWorldView : public QWidget {
    Q_OBJECT

  public:
    explicit GridWorldView(QWidget* parent = nullptr);

    /// Lines of '.' free, '#' wall, 'S' start, 'G' goal, 'P' pit, all as long as the first.
    void setWorld(const QString& text);
    QString world() const;
    int columns() const { return m_columns; }
    int rows() const { return m_columns == 0 ? 0 : static_cast<int>(m_squares.size()) / m_columns; }
    /// What a click or a drag paints.
    void setBrush(QChar square) { m_brush = square; }
    /// {squares, 4}: what is known of the moves up, right, down, left; empty: nothing.
    void setValues(std::vector<double> values);
    /// -1: not shown.
    void setAgent(int square);
    int agent() const { return m_agent; }
    int startSquare() const { return static_cast<int>(m_squares.indexOf(QLatin1Char('S'))); }
    /// Where the best known move leads; the same square where it leads nowhere or none is known.
    int nextOf(int square) const;
    bool isEnd(int square) const;
    QRectF placeOf(int square) const;
    QSize sizeHint() const override { return {520, 360}; }

  signals:
    /// A click or a drag has painted; `before` is the world without it.
    void edited(const QString& before);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    int squareAt(const QPointF& place) const;
    void paintSquare(int square);
    int bestMove(int square) const;
    bool isKnown(int square) const;
    void describe();

    QString m_squares; ///< row by row, without line ends
    int m_columns = 0;
    std::vector<double> m_values;
    int m_agent = -1;
    int m_current = 0; ///< for keys
    QChar m_brush = QLatin1Char('#');
    QString m_before; ///< of the drag that goes on
};

} // namespace ty::widgets
