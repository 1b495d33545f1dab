#pragma once

#include <map>
#include <string>
#include <vector>

#include <QWidget>

#include "app/catalog/records.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

class QComboBox;
class QLabel;

namespace ty::app {

struct AppContext;
struct ModelPaper;

/// What a run has beside the form: the weights it begins with, which are random, a model's or those of a reproduced run; a
/// network of its own; and corrected samples. The widget is a line about the latter two, hidden when there are none; a button
/// drops them. The choice of the weights is a box of its own, for the form.
class TrainOrigin : public QWidget {
    Q_OBJECT
public:
    explicit TrainOrigin(AppContext& context, QWidget* parent = nullptr);

    QComboBox* choice() const { return m_choice; }
    /// As a run had it.
    void take(const RunSpec& spec);
    /// The next run begins with this model and has its network.
    void startFrom(qint64 modelId);
    /// Other data: corrections and what a reproduced run had belong to what was there before; a chosen model stays.
    void dataChanged();
    void fill(RunSpec& spec) const;
    /// Whether the run has a network of its own, so that the form does not choose one.
    bool hasNetwork() const { return !m_network.is_null(); }
    /// It has one because of this model or run; empty: not so.
    QString networkFrom() const;

signals:
    void changed();

private:
    void listModels();
    void fillChoice();
    void onChosen();
    void take(qint64 modelId, const Result<ModelPaper>& paper);
    void refresh();

    AppContext& m_context;
    std::vector<catalog::ModelRecord> m_models; ///< that a run can begin with
    qint64 m_modelId = 0;                       ///< that was chosen; 0: none
    StartSpec m_start;
    Json m_network;
    std::map<std::string, SampleFixes> m_fixes;
    QComboBox* m_choice;
    QLabel* m_text;
};

} // namespace ty::app
