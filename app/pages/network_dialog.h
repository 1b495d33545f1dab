#pragma once

#include <optional>

#include <QDialog>

#include "app/models/network_paper.h"
#include "engine/base/json.h"
#include "engine/base/run_spec.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QStandardItem;
class QStandardItemModel;
class QTreeView;

namespace ty::widgets {
class ErrorPanel;
class NetworkView;
}

namespace ty::app {

class NetworkPreview;

/// The network that a run would train, before it trains: its layers as a picture and as a table, what they cost in
/// parameters, work and memory, and the time of steps that were tried on this computer. Layers can be frozen here.
class NetworkDialog : public QDialog {
    Q_OBJECT
public:
    explicit NetworkDialog(QWidget* parent = nullptr);
    ~NetworkDialog() override;

    /// Asks for the network of this run and shows it when it is known.
    void show(const RunSpec& spec);
    /// Asks anew, for a run that differs in what the dialog has said; what is shown stays until the answer comes.
    void askAgain(const RunSpec& spec);

signals:
    /// The person wants these layers, by their names, to keep their weights.
    void frozenChosen(const QStringList& layers);
    /// The network is shown, or why there is none.
    void answered();

private:
    void ask(const RunSpec& spec);
    void fill(const Json& description);
    void showFailure(const Error& error);
    void onChecked(const QStandardItem& item);
    void showPicture();
    void copyTable();

    NetworkPreview* m_preview;
    std::optional<NetworkPaper> m_paper; ///< what is shown
    bool m_isFilling = false;
    QStackedWidget* m_stack;
    widgets::ErrorPanel* m_error;
    widgets::ErrorPanel* m_refusal; ///< below a table whose choice cannot be trained
    widgets::NetworkView* m_view;
    QScrollArea* m_scroll;
    QStandardItemModel* m_model;
    QTreeView* m_table;
    QLabel* m_facts;
    QPushButton* m_copy;
};

} // namespace ty::app
