#pragma once

#include <vector>

#include "app/models/machine_row.h"
#include "app/pages/question_dialog.h"

class QLabel;
class QTableWidget;

namespace ty::app {

class MachineService;

/// The tags of one machine; or, of several, those that all of them have, whose changes go to each. The tags by which
/// Trainyard knows its own machines are not offered: without them a machine could not be found again.
class TagsDialog : public QuestionDialog {
    Q_OBJECT
public:
    /// `machines` not empty.
    TagsDialog(MachineService& service, std::vector<MachineRow> machines, QWidget* parent);

private:
    cloud::TextMap written() const;
    void addRow(const QString& name, const QString& value);
    void check();
    void apply();

    MachineService& m_service;
    std::vector<MachineRow> m_machines;
    cloud::TextMap m_before;
    QTableWidget* m_table;
    QLabel* m_problem;
};

/// Those tags that all machines have with the same value, without ours.
cloud::TextMap commonTags(const std::vector<MachineRow>& machines);
/// `tags` with what changed between `before` and `after`.
cloud::TextMap changedTags(cloud::TextMap tags, const cloud::TextMap& before, const cloud::TextMap& after);

} // namespace ty::app
