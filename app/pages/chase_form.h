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

    /// The connected accounts: name and what is shown.
    void setAccounts(const QList<std::pair<QString, QString>>& accounts);
    void setRequest(const cloud::ChaseRequest& request);
    cloud::ChaseRequest request() const;
    /// What is wrong, as it stands below the fields; empty: nothing.
    QString problem() const;
    void focusFirst();

signals:
    void changed();

private:
    void onChanged();

    QComboBox* m_gpu;
    QSpinBox* m_gpus;
    QComboBox* m_account;
    QLineEdit* m_regions;
    QComboBox* m_order;
    QComboBox* m_near;
    QRadioButton* m_first;
    QRadioButton* m_all;
    QLineEdit* m_allowed;
    QCheckBox* m_spot;
    QSpinBox* m_parallel;
    QDoubleSpinBox* m_limit;
    QCheckBox* m_unknown;
    QCheckBox* m_blocks;
    QLabel* m_problem;
};

} // namespace ty::app
