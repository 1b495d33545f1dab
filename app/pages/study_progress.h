#pragma once

#include <QWidget>

#include "engine/base/result.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::app {

/// How far a study of many fits is: bar, time left, Finish now and Stop, and what went wrong.
class StudyProgress : public QWidget {
    Q_OBJECT
public:
    explicit StudyProgress(QWidget* parent = nullptr);

    /// False where there is nothing to finish early: then the button stays away.
    void setCanFinish(bool canFinish) { m_canFinish = canFinish; }
    void begin(const QString& words);
    /// @param secondsLeft  NaN: not known
    void show(int done, int all, const QString& what, double secondsLeft);
    void end(const QString& words);
    void fail(const Error& error, const QString& words);
    bool isWorking() const { return m_isWorking; }

signals:
    void finishRequested();
    void stopRequested();

private:
    QProgressBar* m_bar;
    QLabel* m_status;
    QPushButton* m_finish;
    QPushButton* m_stop;
    widgets::ErrorPanel* m_error;
    bool m_isWorking = false;
    bool m_canFinish = true;
};

} // namespace ty::app
