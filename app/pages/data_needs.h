#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QString>
#include <QWidget>

#include "app/models/needed_data.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace ty::app {

/// The dataset that a machine is for, in a form: says where it lies and how large it is, and what that means for region, disk and
/// size. It changes no other field itself.
class DataNeeds : public QWidget {
    Q_OBJECT
public:
    explicit DataNeeds(QWidget* parent = nullptr);

    void setData(std::vector<NeededData> all);
    /// Null: none is chosen.
    const NeededData* chosen() const;
    /// Where the chosen one lies; nothing: the cloud does not know it.
    void setRegion(const std::optional<std::string>& region);
    /// The region of the form: whether the data leaves its own.
    void setMachineRegion(const QString& region);
    /// The cheapest size that holds what the run needed; empty: none is known.
    void setFittingSize(const QString& size, bool isChosen);

    /// What the data needs on a disk, with half as much again for what becomes of it; 0 without data.
    int diskGiB() const;

signals:
    /// Another dataset, or none: address and disk are to be looked at.
    void chosenChanged();
    void regionWanted(const QString& region);
    void sizeWanted(const QString& size);

private:
    void describe();

    std::vector<NeededData> m_all;
    QComboBox* m_choice;
    QLabel* m_words;
    QPushButton* m_useRegion;
    QPushButton* m_useSize;
    bool m_isPlaceKnown = false; ///< the cloud has answered
    QString m_region;            ///< empty: it lies in none of the account's
    QString m_machineRegion;
    QString m_size;
    bool m_isSizeChosen = false;
};

} // namespace ty::app
