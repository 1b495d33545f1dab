#pragma once

#include <QStackedWidget>

class QLabel;

namespace ty::app {

/// A page that not every model has: where there is none, it says why and what to use instead.
class ExplainedTab : public QStackedWidget {
    Q_OBJECT
public:
    explicit ExplainedTab(QWidget* page, QWidget* parent = nullptr);

    /// @param reason  sentences; empty: the page is shown
    void setReason(const QString& reason);
    QString reason() const;

private:
    QLabel* m_reason;
};

} // namespace ty::app
