#pragma once

#include <vector>

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "app/models/problem_fixes.h"

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::app {

/// What is wrong with a dataset, each with what to do about it and where; and what has been done.
class ProblemList : public QWidget {
    Q_OBJECT
public:
    explicit ProblemList(QWidget* parent = nullptr);

    /// @param repairs  how DatasetSummary::repaired were dealt with
    void setProblems(const DatasetSummary& summary, const DataRepairs& repairs);
    /// While a fix is being carried out no other can be asked for.
    void setFixesEnabled(bool areEnabled);

signals:
    void fixRequested(const ty::app::ProblemFix& fix);
    /// The person should look at the columns: nothing can be done without a decision.
    void columnsRequested();
    /// Copies are to be looked for; compared with another file as well, or not.
    void copiesRequested(bool isOtherFileAsked);

private:
    void addButtons(widgets::ErrorPanel& panel, const std::vector<ProblemFix>& fixes);

    std::vector<QPushButton*> m_buttons;
    std::vector<QPushButton*> m_searches; ///< for copies
    QScrollArea* m_scroll;
    QVBoxLayout* m_rows;
};

} // namespace ty::app
