#pragma once

#include <QPushButton>

namespace ty::widgets {
class ElidedLabel;
class SparkLine;
} // namespace ty::widgets

class QLabel;

namespace ty::app {

struct RunGlance;

/// One run in a line: name, state, best value, and its curve. A click opens it.
class RunCard : public QPushButton {
    Q_OBJECT
public:
    explicit RunCard(QWidget* parent = nullptr);

    void setRun(const RunGlance& run);
    qint64 runId() const { return m_id; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

private:
    qint64 m_id = 0;
    widgets::ElidedLabel* m_name;
    QLabel* m_state;
    QLabel* m_best;
    widgets::SparkLine* m_curve;
};

} // namespace ty::app
