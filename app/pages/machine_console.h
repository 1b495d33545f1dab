#pragma once

#include "app/pages/machine_panel.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace ty::app {

class ActivityService;

/// What the machine wrote on its console since it started.
class MachineBootLog : public MachinePanel {
    Q_OBJECT
public:
    explicit MachineBootLog(MachineService& machines, QWidget* parent = nullptr);

protected:
    void forget() override;
    void load() override;

private:
    QLabel* m_state;
    QPlainTextEdit* m_text;
};

/// Runs a script in the machine by the provider's agent and shows what it said.
class MachineScript : public MachinePanel {
    Q_OBJECT
public:
    MachineScript(MachineService& machines, ActivityService& activity, QWidget* parent = nullptr);

protected:
    void forget() override;
    void refreshFacts() override;

private:
    void run();

    ActivityService& m_activity;
    QPlainTextEdit* m_script;
    QPushButton* m_run;
    QLabel* m_state;
    QPlainTextEdit* m_output;
    bool m_isRunning = false;
};

/// A console's text without the codes that colour it and move its cursor.
QString plainConsoleText(const QString& text);

} // namespace ty::app
