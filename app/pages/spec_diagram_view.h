#pragma once

#include <QWidget>

#include "app/services/spec_service.h"

class QCheckBox;
class QLabel;

namespace ty::widgets {
class StateDiagram;
}

namespace ty::app {

/// The state diagram of a machine: all states where they are few, else those around a chosen one.
class SpecDiagramView : public QWidget {
    Q_OBJECT
public:
    explicit SpecDiagramView(QWidget* parent = nullptr);

    void setSpec(const ExploredSpec& spec);
    /// Invalid transitions to draw on wish.
    void setExamples(const SpecExamples& examples);
    void clear() { setSpec({}); }
    /// Marks the shortest way to the state.
    void showWay(quint32 state);

private:
    void rebuild();
    std::vector<quint32> statesToShow() const;

    ExploredSpec m_spec;
    SpecExamples m_examples;
    qint64 m_centre = -1;        ///< the state looked at; -1: the initial ones
    std::vector<quint32> m_way;  ///< states to be marked
    std::vector<quint32> m_shown;
    widgets::StateDiagram* m_diagram;
    QLabel* m_words;
    QCheckBox* m_impossible;
    bool m_isImpossibleChosen = false; ///< by a person
};

} // namespace ty::app
