#pragma once

#include <QDialog>
#include <QString>

#include "engine/base/result.h"

namespace ty::app {

/// Shown instead of the window when Trainyard cannot keep its data where it should: what happened, why, and what to
/// do. Accepted: try again, in chosenFolder() if there is one.
class StartProblem : public QDialog {
    Q_OBJECT
public:
    StartProblem(const Error& error, const QString& folder, QWidget* parent = nullptr);

    /// Empty: the same as before.
    const QString& chosenFolder() const { return m_chosen; }

private:
    void choose();

    QString m_chosen;
};

} // namespace ty::app
