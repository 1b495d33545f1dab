#pragma once

#include <QWidget>

#include "app/models/corrected_samples.h"
#include "app/models/dataset_summary.h"
#include "app/models/fix_book.h"
#include "app/services/dataset_service.h"
#include "engine/base/run_spec.h"

class QAbstractItemView;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class ClassBars;
class ErrorPanel;
class ImageGrid;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class CorrectionBar;
class DatasetRowsModel;
class PreviewTableModel;
class SampleGridModel;
class SplitPanel;

/// A dataset's samples: pictures or rows, filtered by a click on a class, corrected by keys, with the split beside them. What is
/// corrected is kept with the dataset and done by its runs.
class DatasetSamples : public QWidget {
    Q_OBJECT
public:
    explicit DatasetSamples(AppContext& context, QWidget* parent = nullptr);

    /// @param id       0: not in the catalog yet, so nothing can be changed
    /// @param choices  what is kept with it
    void setDataset(qint64 id, const DatasetSummary& summary, const DataSpec& spec, const Json& choices);
    /// How its runs divide it, after the choices have changed.
    void setSplit(const Json& choices);
    /// What is different in `to` becomes as it is there; what was corrected since `from` otherwise stays.
    void changeFixes(const SampleFixes& from, const SampleFixes& to);
    const SampleFixes& fixes() const { return m_book.fixesOf("training"); }

signals:
    void busy(const QString& stage); ///< empty: done
    void failed(const ty::Error& error);
    void splitChosen(const ty::SplitSpec& split);
    /// Corrections were made or taken back, and are on their way to the catalog.
    void corrected();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void load();
    void loadRows(); ///< all of them, in the background; until then the first ones are shown
    void takeDataset(DatasetHandle dataset);
    void takePlaces(SamplePlaces places);
    void filter(const QString& name, bool areCorrectedAlone);
    void correct(const QString& label);
    void forget(std::vector<std::string> ids);
    void undo();
    void onFixesChanged();
    void showCorrections();
    void refreshWords();
    std::vector<std::uint32_t> selectedSamples() const;
    std::vector<std::string> idsOf(const std::vector<std::uint32_t>& samples) const;
    QAbstractItemView* view() const;
    int classIndex(const QString& name) const;

    AppContext& m_context;
    qint64 m_id = 0;
    int m_request = 0;
    DatasetSummary m_summary;
    DataSpec m_data; ///< without corrections: these lie over what it gives
    DatasetHandle m_dataset;
    bool m_areRowsAsked = false;
    FixBook m_book;
    SamplePlaces m_places;
    CorrectedSamples m_corrected;
    std::vector<std::uint64_t> m_counts; ///< of the classes, as the bars show them
    QString m_class; ///< shown alone; empty: all
    bool m_areCorrectedAlone = false;

    QWidget* m_chips;
    QPushButton* m_classChip;
    QPushButton* m_correctedChip;
    QLabel* m_count;
    widgets::ErrorPanel* m_vanished;
    QStackedWidget* m_stack;
    widgets::ImageGrid* m_grid;
    SampleGridModel* m_pictures;
    QTableView* m_table;
    PreviewTableModel* m_firstRows;
    DatasetRowsModel* m_rows;
    CorrectionBar* m_bar;
    QLabel* m_classesTitle;
    widgets::ClassBars* m_classes;
    SplitPanel* m_split;
};

} // namespace ty::app
