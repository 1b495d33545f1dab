#pragma once

#include <array>
#include <optional>

#include <QString>
#include <QWidget>

#include "app/catalog/records.h"
#include "app/models/dataset_summary.h"
#include "engine/base/run_spec.h"

class QSpinBox;

namespace ty::widgets {
class DropWell;
}

namespace ty::app {

struct AppContext;

/// The wells Training, Validation and Testing, with what is held out where a well stays empty.
/// Each takes files, folders and datasets: dropped, browsed for, or picked from the catalog.
class TrainWells : public QWidget {
    Q_OBJECT
public:
    explicit TrainWells(AppContext& context, QWidget* parent = nullptr);

    /// Reads the dataset from the catalog and puts it into the Training well.
    void setTraining(qint64 datasetId);
    void clearTraining();
    /// The parts as a run had them; a dataset id of 0 makes the training path an import.
    void restore(const DataSpec& source, qint64 datasetId);
    /// Sets training, validation, test, split, fingerprint and the import sheet's choices.
    void fill(DataSpec& spec) const;

    /// Whether the classes that the data was brought in with are those that are told apart; not where another column, or none, is the target.
    void setClassesTold(bool areTold);

    const std::optional<catalog::DatasetRecord>& training() const { return m_training; }
    const DatasetSummary& summary() const { return m_summary; }
    /// Samples that remain for training.
    qint64 trainingSamples() const;
    /// What tests the model in the end: "270 samples held out", "own test data"; empty: nothing.
    QString testText() const;

    widgets::DropWell* well(int part) const { return m_wells.at(static_cast<std::size_t>(part)); }
    static constexpr int kTraining = 0;
    static constexpr int kValidation = 1;
    static constexpr int kTest = 2;

signals:
    void trainingChanged();
    /// A part or a share has changed.
    void changed();

private:
    void buildWell(int part, const QString& title, const QString& emptyText);
    void takeDataset(int part, qint64 datasetId);
    void takePath(int part, const QString& path);
    void showTraining(const catalog::DatasetRecord& record);
    void showPart(int part, const QString& path, const QString& name, const QString& detail);
    void browse(int part);
    void choosePath(int part, bool isFolder);
    void refreshShares();
    void describeTraining(const catalog::DatasetRecord& record);
    void showSplit(const SplitSpec& split);
    /// A split or corrections that were changed on the Data page meanwhile.
    void takeNewChoices();
    void showContents();

    AppContext& m_context;
    std::array<widgets::DropWell*, 3> m_wells{};
    std::array<QSpinBox*, 3> m_shares{}; ///< per cent held out; null for training
    std::array<QString, 3> m_paths;
    std::array<QString, 3> m_names;   ///< as the wells show them
    std::array<QString, 3> m_details;
    std::optional<catalog::DatasetRecord> m_training;
    DatasetSummary m_summary;
    std::optional<SplitSpec> m_restoredSplit;
    quint64 m_splitSeed = 42;
    bool m_isSplitStratified = true;
    bool m_areClassesTold = true;
    int m_request = 0; ///< counts the paths dropped on it
    int m_ticket = 0; ///< of the import that the Training well waits for
};

} // namespace ty::app
