#pragma once

#include <vector>

#include <QGraphicsView>

namespace ty::widgets {

/// A state as the diagram shows it.
struct DiagramState {
    QString label;  ///< in the box, cut where it is long
    QString words;  ///< whole, in the tooltip
    int layer = 0;  ///< steps from an initial state
    bool isInitial = false;
    bool isDeadEnd = false;
    bool isBroken = false; ///< an invariant does not hold
};

/// A step between two states of the diagram.
struct DiagramStep {
    int from = 0;
    int to = 0;
    QString label;
    bool isPossible = true; ///< false: shown as what the machine cannot do
};

/// States from left to right by their distance from the start, with arrows. Ctrl+wheel, + and - zoom, a drag moves, 0 fits.
class StateDiagram : public QGraphicsView {
    Q_OBJECT

  public:
    explicit StateDiagram(QWidget* parent = nullptr);

    void setDiagram(const std::vector<DiagramState>& states, const std::vector<DiagramStep>& steps);
    /// Marks a way: its states and steps are drawn strong. Empty: none.
    void setWay(const std::vector<int>& states);
    void fitAll();
    /// Where a state is drawn, in the scene.
    QRectF boxOf(int state) const;
    int stateCount() const { return static_cast<int>(m_states.size()); }

  signals:
    void stateChosen(int state);

  protected:
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void placeStates();
    void rebuild();
    void addStep(const DiagramStep& step, bool isOnWay);
    /// Whether a straight arrow forward would run through other states.
    bool isOverOthers(const DiagramStep& step) const;
    void addState(int state, bool isOnWay);
    void zoomBy(double factor);

    std::vector<DiagramState> m_states;
    std::vector<DiagramStep> m_steps;
    std::vector<QRectF> m_boxes;
    std::vector<int> m_way;
    bool m_isFitted = true; ///< until the person zooms
};

} // namespace ty::widgets
