#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <QWidget>

#include "app/models/needed_data.h"
#include "app/provisioning/cloud_offers.h"
#include "cloud/azure/prices.h"
#include "cloud/provision/machine_request.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QSpinBox;
class QTableView;
class QVBoxLayout;

namespace ty::app {

class AgentKeysBox;
class DataDisksEditor;
class DataNeeds;
class SizeTableModel;
class SpotFields;

/// What is missing of a quota.
struct MissingQuota {
    std::string what; ///< the quota's name at the provider
    double needed = 0; ///< that the machine counts
};

/// The fields of a new machine in groups, each with its check below it while one types. Knows no cloud: what there is to
/// choose from is given to it.
class MachineForm : public QWidget {
    Q_OBJECT
public:
    /// What it is for: chooses which sizes are shown, and whether it is one machine or several.
    enum class Purpose { Any, Gpu, Processors, Cluster };

    explicit MachineForm(QWidget* parent = nullptr);

    void setPurpose(Purpose purpose);
    Purpose purpose() const;
    /// Of a cluster; 1 else.
    int nodeCount() const;
    void setNodeCount(int count);

    void setBasics(const MachineBasics& basics);
    void setSizes(std::vector<OfferedSize> sizes);
    /// Of the sizes' region, by name in small letters.
    void setSizePrices(std::map<std::string, cloud::azure::VmPrice> prices);
    /// Beside the table of sizes: "Reading…", or why there are none.
    void setSizesText(const QString& text);
    /// Fills the fields, for example with those of another machine; account, subscription and key stay.
    void setRequest(const cloud::MachineRequest& request);
    /// The GPUs that can be attached to general sizes of the region; none on Azure.
    void setAccelerators(std::vector<OfferedAccelerator> accelerators);
    /// Names that are taken, without regard to case.
    void setTakenNames(const QStringList& names);

    /// What the machine costs an hour while it is on, by which a budget becomes a time; nothing: not known.
    /// The datasets that the machine may be for.
    void setData(std::vector<NeededData> all);
    /// Where the chosen one lies; nothing: in none of the account's stores.
    void setDataRegion(const std::optional<std::string>& region);
    /// Nothing: quota is not what is missing, as far as the provider tells.
    std::optional<MissingQuota> missingQuota() const;
    /// Another place, or size; the rest stays.
    void setPlace(const std::string& region, const std::string& zone);
    void setSize(const QString& size);

    void setListPrice(const std::optional<double>& usdPerHour);
    /// What each data disk costs an hour; nothing: not known.
    void setDiskPrices(const std::vector<std::optional<double>>& usdPerHour);

    cloud::MachineRequest request() const;
    bool mayAnyoneKnock() const;
    /// Nothing is wrong that can be known before the provider is asked.
    bool isValid() const { return m_problems == 0; }
    int problemCount() const { return m_problems; }
    /// What stands below a field (its JSON name); empty: nothing.
    QString problemOf(const std::string& field) const;

signals:
    void changed();
    /// The sizes of another region, or of spot machines, are wanted.
    void sizesWanted(const QString& region, bool isSpot);
    /// Another dataset is chosen: where does it lie? Empty: none is.
    void dataRegionWanted(const QString& address);
    /// The size cannot be had in that place: something else that can is wanted.
    void otherRegionWanted();
    void otherSizeWanted();
    /// The provider is to be asked for more quota.
    void quotaWanted();

private:
    QFormLayout* addGroup(QVBoxLayout& column, const QString& title);
    /// A labelled field with a line for its problem.
    void addField(QFormLayout& form, const QString& label, QWidget* field, const char* name);
    void buildMachine(QVBoxLayout& column);
    void buildSize(QVBoxLayout& column);
    void buildWaysOut(QVBoxLayout& column);
    void buildDisks(QVBoxLayout& column);
    void buildAccess(QVBoxLayout& column);
    void buildLimits(QVBoxLayout& column);
    void setProvider(const std::string& provider);
    void onPurpose();
    void showSizes();
    void showNearest();
    /// "owner=ada, project=digits"; what is no pair is under an empty name.
    cloud::TextMap tags() const;
    void setFieldVisible(const char* name, QWidget* field, bool isVisible);
    void onRegion();
    void onChanged();
    QString sizeObstacle() const;
    QString acceleratorObstacle() const;
    void showWaysOut();
    void onData();
    void suggestSize();
    /// What should be known of the image on the chosen size.
    void showNotes(const std::vector<std::string>& notes);
    bool isGoogle() const { return m_provider == "google"; }

    std::string m_provider;
    MachineBasics m_basics;
    std::vector<OfferedAccelerator> m_accelerators;
    std::vector<OfferedSize> m_allSizes; ///< of the region, whatever the purpose
    std::map<std::string, QFormLayout*> m_forms; ///< by the field that stands in them
    QStringList m_takenNames;
    std::map<std::string, QLabel*> m_below;
    int m_problems = 0;
    bool m_isFilling = false;

    QLabel* m_account;
    QLabel* m_role;
    DataNeeds* m_data;
    std::vector<cloud::DiskRequest> m_suggestedDisks; ///< for the data
    QWidget* m_waysOut;
    QPushButton* m_otherRegion;
    QPushButton* m_otherSize;
    QPushButton* m_quota;
    QComboBox* m_purpose;
    QSpinBox* m_count;
    QLineEdit* m_name;
    QLineEdit* m_group;
    QComboBox* m_region;
    QComboBox* m_zone;
    SizeTableModel* m_sizes;
    QSortFilterProxyModel* m_sorted;
    QLineEdit* m_size;
    QTableView* m_sizeTable;
    QLabel* m_sizesText;
    SpotFields* m_spot;
    QComboBox* m_image;
    QSpinBox* m_osDisk;
    QComboBox* m_osDiskKind;
    QLabel* m_imageNotes;
    QCheckBox* m_osDiskStays;
    DataDisksEditor* m_dataDisks;
    QComboBox* m_gpu;
    QSpinBox* m_gpus;
    QCheckBox* m_publicIp;
    QLineEdit* m_user;
    QLineEdit* m_key;
    AgentKeysBox* m_agentKeys;
    QLineEdit* m_tags;
    QLineEdit* m_allowed;
    QCheckBox* m_anyone;
    QSpinBox* m_idle;
    QSpinBox* m_limit;
    QDoubleSpinBox* m_budget;
    std::optional<double> m_listPrice;
    QPushButton* m_nearest;
};

} // namespace ty::app
