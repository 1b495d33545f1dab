#pragma once

#include <vector>

#include <QList>
#include <QString>
#include <QWidget>

namespace ty::widgets {

/// One layer as the view shows it.
struct NetworkNode {
    QString name;
    QString type;
    QString shape;      ///< of what it gives on, "16 × 8 × 8"
    QList<int> inputs;  ///< nodes before it; -1: the network's input
    bool isFrozen = false;
    bool hasWeights = false;
};

/// The layers of a network from top to bottom: arrows to the next one, lines at the side around those between.
/// As large as it must be; put it into a scroll area. A click chooses a layer.
class NetworkView : public QWidget {
    Q_OBJECT
    Q_PROPERTY(int current READ current WRITE setCurrent NOTIFY currentChanged)

  public:
    explicit NetworkView(QWidget* parent = nullptr);

    /// @param input  shape of the network's input; every input of a node stands before the node
    void setNetwork(const QString& input, const std::vector<NetworkNode>& nodes);
    int current() const { return m_current; }
    void setCurrent(int node);
    /// Where a node is drawn; node -1: the input.
    QRect boxOf(int node) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  signals:
    void currentChanged(int node);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    /// A connection that does not lead to the next box; `lane` 0 runs closest to the boxes.
    struct Detour {
        int from = 0;
        int to = 0;
        int lane = 0;
    };
    void measure();
    void paintBox(QPainter& painter, int node) const;
    void paintDetour(QPainter& painter, const Detour& detour) const;

    QString m_input;
    std::vector<NetworkNode> m_nodes;
    std::vector<Detour> m_detours;
    int m_lanes = 0;
    int m_current = -1;
    int m_boxWidth = 0;
    int m_boxHeight = 0;
};

} // namespace ty::widgets
