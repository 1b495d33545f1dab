#pragma once

#include <vector>

#include <QFont>
#include <QRectF>
#include <QString>
#include <QStringList>

#include "widgets/chart/chart_types.h"
#include "widgets/theme/palette.h"

class QIODevice;
class QPainter;

namespace ty::widgets {

/// A question of a decision tree, or an answer.
struct TreePictureNode {
    QString question;           ///< empty: an answer
    QString answer;             ///< "versicolor 91 %", "23.4": at a question, of all that come there
    std::vector<double> shares; ///< of the classes; empty: a value
    double level = 0;           ///< of a value: where between the smallest and the largest, in [0, 1]
    double samples = 0;
    int yes = -1; ///< places in the list; both after this one
    int no = -1;
    bool isMissingYes = false; ///< where a missing value goes

    bool isQuestion() const { return yes >= 0; }
};

/// A decision tree laid out: root above, branches, answers with the shares of the classes. A value; paints and writes on any
/// thread.
class TreePicture {
  public:
    /// @param nodes  the root first, @param classes  names for the shares; empty: values
    void setTree(std::vector<TreePictureNode> nodes, QStringList classes);
    const std::vector<TreePictureNode>& nodes() const { return m_nodes; }
    const QStringList& classes() const { return m_classes; }
    int levels() const; ///< questions from the root to the deepest answer

    /// What lies deeper than `levels` questions is put away.
    void showLevels(int levels);
    bool isCollapsed(int node) const { return m_collapsed[static_cast<std::size_t>(node)]; }
    void setCollapsed(int node, bool isCollapsed);
    /// The nodes that a sample passes, from the root; branches on it are opened. Empty: none.
    void setWay(const std::vector<int>& way);
    const std::vector<int>& way() const { return m_way; }

    /// Places the boxes for a font. Needed after each change before anything below.
    void layOut(const QFont& font);
    QRectF bounds() const { return m_bounds; }
    bool isShown(int node) const { return !boxOf(node).isNull(); }
    QRectF boxOf(int node) const { return m_boxes[static_cast<std::size_t>(node)]; }
    /// The node shown there, or -1.
    int nodeAt(const QPointF& place) const;
    int parentOf(int node) const { return m_parents[static_cast<std::size_t>(node)]; }
    /// All that is known of a node, in lines.
    QString wordsOf(int node) const;

    /// @param visible  what of bounds() is wanted, @param current  drawn as chosen, or -1
    void paint(QPainter& painter, const ThemeColors& colors, const QRectF& visible, int current = -1) const;
    /// PNG or SVG of all that is shown. False if the device would not take it, or the format is none of these.
    bool write(QIODevice& device, ExportFormat format, const ThemeColors& colors) const;

  private:
    void paintEdge(QPainter& painter, const ThemeColors& colors, int from, int to) const;
    void paintNode(QPainter& painter, const ThemeColors& colors, int node, bool isCurrent) const;
    void paintShares(QPainter& painter, const ThemeColors& colors, const TreePictureNode& node, const QRectF& bar) const;
    void paintLegend(QPainter& painter, const ThemeColors& colors) const;
    bool isOnWay(int node) const;
    int hiddenBelow(int node) const;

    std::vector<TreePictureNode> m_nodes;
    QStringList m_classes;
    std::vector<int> m_parents;
    std::vector<int> m_depths;
    std::vector<int> m_sizes; ///< {nodes}: nodes at and below it
    std::vector<bool> m_collapsed;
    std::vector<QRectF> m_boxes; ///< null: not shown
    std::vector<int> m_way;
    QRectF m_bounds;
    QRectF m_legend;
    QFont m_font;
};

} // namespace ty::widgets
