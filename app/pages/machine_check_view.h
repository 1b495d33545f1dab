#pragma once

#include <vector>

#include <QWidget>

#include "app/provisioning/machine_validation.h"

class QGridLayout;
class QLabel;

namespace ty::app {

/// What the cloud said when it was asked whether a machine can be made: one line for each question.
class MachineCheckView : public QWidget {
    Q_OBJECT
public:
    explicit MachineCheckView(QWidget* parent = nullptr);

    void show(const std::vector<MachineCheck>& checks);
    /// Instead of answers: "Asking…", or why there are none. Empty: nothing is shown.
    void showText(const QString& text);

private:
    void clear();

    QLabel* m_head;
    QGridLayout* m_grid;
};

} // namespace ty::app
