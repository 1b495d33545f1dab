#pragma once

#include <QWidget>

class QPushButton;
class QTableView;

namespace ty::app {

class ActivityService;

/// The Activity dock: long operations with their progress; the selected one can be cancelled, done again, looked at.
class ActivityView : public QWidget {
    Q_OBJECT
public:
    explicit ActivityView(ActivityService& activity, QWidget* parent = nullptr);

private:
    void refreshButtons();
    int currentId() const;

    ActivityService& m_activity;
    QTableView* m_table;
    QPushButton* m_cancel;
    QPushButton* m_retry;
    QPushButton* m_details;
};

} // namespace ty::app
