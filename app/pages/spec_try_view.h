#pragma once

#include <vector>

#include <QWidget>

#include "app/services/spec_service.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QTimer;

namespace ty::widgets {
class ProbabilityBars;
}

namespace ty::app {

struct AppContext;
class PredictSession;

/// A transition that is typed: whether the machine can make it, and what models that were trained on its examples say.
class SpecTryView : public QWidget {
    Q_OBJECT
public:
    explicit SpecTryView(AppContext& context, QWidget* parent = nullptr);
    ~SpecTryView() override;

    /// What is typed stays where the new machine understands it.
    void setExamples(const SpecExamples& examples);
    void clear();
    /// Brings a row of the examples here.
    void showExample(std::size_t row);
    void setJudgement(const SpecJudgement& judgement);
    void setFailure(SpecTransition::Side side, const QString& message);

signals:
    /// Of what stands in the fields; setJudgement() or setFailure() is to follow.
    void judgementRequested(const ty::app::SpecExamples& examples, const ty::app::SpecTransition& transition);

protected:
    void showEvent(QShowEvent* event) override;

private:
    /// A model that knows the columns of the machine's examples.
    struct Scorer {
        QString name;
        QString folder;
    };
    void layOut();
    void ask();
    void findModels();
    void openModel();
    void askModel();

    AppContext& m_context;
    SpecExamples m_examples;
    QLineEdit* m_before;
    QComboBox* m_operation;
    QLineEdit* m_after;
    QLabel* m_verdict;
    QLabel* m_details;
    QComboBox* m_models;
    QLabel* m_modelWords;
    widgets::ProbabilityBars* m_bars;
    QTimer* m_typing;
    std::vector<Scorer> m_scorers;
    PredictSession* m_session = nullptr; ///< of the chosen model, once it was asked
    std::map<std::string, std::string> m_row; ///< of the last judgement
    QString m_variables; ///< of the machine whose states stand in the fields
    bool m_areModelsStale = true;
};

} // namespace ty::app
