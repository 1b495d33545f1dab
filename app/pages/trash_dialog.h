#pragma once

#include <QDialog>

class QLabel;
class QPushButton;
class QStandardItemModel;
class QTreeView;

namespace ty::app {

struct AppContext;

/// What was deleted in the last 30 days: restore it, or empty the trash and read what that freed.
class TrashDialog : public QDialog {
    Q_OBJECT
public:
    explicit TrashDialog(AppContext& context, QWidget* parent = nullptr);

private:
    void reload();
    void refreshButtons();
    void restoreSelected();
    void empty();

    AppContext& m_context;
    QStandardItemModel* m_model;
    QTreeView* m_view;
    QLabel* m_report;
    QPushButton* m_restore;
    QPushButton* m_empty;
};

} // namespace ty::app
