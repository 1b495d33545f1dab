#pragma once

#include <QWidget>

#include "cloud/chase/chase_request.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QRadioButton;
class QSpinBox;

namespace ty::app {

/// What a chase looks for, and within which limits.
class ChaseForm : public QWidget {
    Q_OBJECT
public:
    explicit ChaseForm(QWidget* parent = nullptr);

    /// The connected accounts: name and what is shown. `isThisComputer`: all of them are the sandbox's.
    void setAccounts(const QList<std::pair<QString, QString>>& accounts, bool isThisComputer);
    void setRequest(const cloud::ChaseRequest& request);
    cloud::ChaseRequest request() const;
    /// What is wrong, as it stands below the fields; empty: nothing.
    QString problem() const;
    /// Why no machine may be asked for yet, as it stands below "Allow from"; looking is possible all the same.
    QString reachProblem() const;
    /// What would be tried is known: from then on reachProblem() stands out.
    void setStartNext(bool isNext);
    void focusFirst();

signals:
    void changed();

private:
    void onChanged();
    void showReach();

    QComboBox* m_gpu;
    QSpinBox* m_gpus;
    QComboBox* m_account;
    QLineEdit* m_regions;
    QComboBox* m_order;
    QComboBox* m_near;
    QRadioButton* m_first;
    QRadioButton* m_all;
    QLineEdit* m_allowed;
    QLabel* m_reach;
    bool m_isStartNext = false;
    QCheckBox* m_spot;
    QSpinBox* m_parallel;
    QDoubleSpinBox* m_limit;
    QCheckBox* m_unknown;
    QCheckBox* m_blocks;
    QLabel* m_problem;
};

} // namespace ty::app
