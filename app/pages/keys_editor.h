#pragma once

#include <QWidget>

class QKeySequenceEdit;
class QLabel;
class QPushButton;
class QSortFilterProxyModel;
class QStandardItemModel;
class QTableView;

namespace ty::app {

class KeyMap;

/// Settings ▸ Keys: every action with its key; the selected one's can be changed, taken away or reset.
class KeysEditor : public QWidget {
    Q_OBJECT
public:
    explicit KeysEditor(KeyMap& keys, QWidget* parent = nullptr);

private:
    void fill();
    void onCurrent();
    /// Says who has the typed keys already.
    void judge();
    QString currentId() const;

    KeyMap& m_keys;
    QStandardItemModel* m_model;
    QSortFilterProxyModel* m_filtered;
    QTableView* m_table;
    QLabel* m_what;
    QKeySequenceEdit* m_edit;
    QPushButton* m_set;
    QPushButton* m_none;
    QPushButton* m_reset;
    QLabel* m_conflict;
};

} // namespace ty::app
