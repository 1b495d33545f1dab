#pragma once

#include <QDialog>

#include "engine/base/json.h"
#include "engine/base/run_spec.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QStandardItemModel;
class QTreeView;

namespace ty::widgets {
class ErrorPanel;
class NetworkView;
}

namespace ty::app {

class NetworkPreview;

/// The network that a run would train, before it trains: its layers as a picture and as a table, what they cost in
/// parameters, work and memory, and the time of steps that were tried on this computer.
class NetworkDialog : public QDialog {
    Q_OBJECT
public:
    explicit NetworkDialog(QWidget* parent = nullptr);
    ~NetworkDialog() override;

    /// Asks for the network of this run and shows it when it is known.
    void show(const RunSpec& spec);

signals:
    /// The network is shown, or why there is none.
    void answered();

private:
    void fill(const Json& description);
    void copyTable();

    NetworkPreview* m_preview;
    QStackedWidget* m_stack;
    widgets::ErrorPanel* m_error;
    widgets::NetworkView* m_view;
    QScrollArea* m_scroll;
    QStandardItemModel* m_model;
    QTreeView* m_table;
    QLabel* m_facts;
    QPushButton* m_copy;
};

} // namespace ty::app
