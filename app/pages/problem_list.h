#pragma once

#include <QWidget>

#include "app/models/dataset_summary.h"

class QVBoxLayout;

namespace ty::app {

/// What is wrong with a dataset, each with what to do about it and where.
class ProblemList : public QWidget {
    Q_OBJECT
public:
    explicit ProblemList(QWidget* parent = nullptr);

    void setProblems(const std::vector<ProblemSummary>& problems);

private:
    QVBoxLayout* m_rows;
};

} // namespace ty::app
