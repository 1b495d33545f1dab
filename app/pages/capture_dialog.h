#pragma once

#include <QTimer>

#include "app/models/machine_row.h"
#include "app/pages/question_dialog.h"
#include "app/provisioning/capture_order.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QRadioButton;

namespace ty::app {

class MachineService;

/// Asks how a machine is to be captured, and has it done. What stands in Azure's gallery under the name is read meanwhile, so
/// that the next version is known.
class CaptureDialog : public QuestionDialog {
    Q_OBJECT
public:
    /// `machines` outlives this.
    CaptureDialog(MachineService& machines, const MachineRow& machine, QWidget* parent);

    void ask();
    /// What is chosen now.
    CaptureOrder order() const;

private:
    void addChoices();
    void addPlace();
    void explain();
    void check();
    void readShelf();
    void onShelf(const Result<ImageShelf>& shelf);
    bool isGoogle() const { return m_machine.info.provider == "google"; }

    MachineService& m_machines;
    MachineRow m_machine;
    QRadioButton* m_isWhole;
    QLabel* m_meaning = nullptr;
    QLineEdit* m_image;
    QWidget* m_place; ///< of a version; hidden where there is none
    QLineEdit* m_gallery;
    QLineEdit* m_version;
    QLabel* m_told;
    QCheckBox* m_isDeleted;
    QTimer m_soon;
    Result<ImageShelf> m_shelf = ImageShelf(); ///< as last read
    int m_question = 0;                        ///< an answer to an earlier one is dropped
    bool m_isVersionTyped = false;
};

} // namespace ty::app
