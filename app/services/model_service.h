#pragma once

#include <functional>

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>

#include "app/catalog/records.h"
#include "app/services/activity_service.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

class QProcess;

namespace ty::app {

class CatalogService;
class PredictSession;
class RunnerCall;
class StoreService;

/// What an export said about itself.
struct ExportReport {
    QString file;
    QString format;
    qint64 bytes = 0;
    int opset = 0;             ///< 0: not ONNX
    double maxDifference = -1; ///< to the engine's own answers; negative: not compared
    bool isChecked = false;    ///< the format's own checker passed
    Json json;                 ///< as it came

    static Result<ExportReport> fromJson(const Json& json);
};

/// A network file that is to become a model, and what the person says about it; empty: nothing.
struct ModelImport {
    QString file;
    QString name;
    QString data;        ///< path of the data it was made for
    QString pixels;      ///< "0..1", "imagenet"
    QStringList classes; ///< in the order of the outputs
    QStringList columns; ///< in the order of the inputs
    QString input;       ///< shape of a sample where the file leaves it open, "3,224,224"

    /// Of `trainyard-run`, with --json; without a folder to write to.
    QStringList arguments() const;
};

/// The answers of a model to all samples of data, in a table.
struct AnswersWanted {
    catalog::ModelRecord model;
    QString data;   ///< path, or address of a store
    QString target; ///< column to predict, of a model that does not name one; empty: it does
    QString file;   ///< CSV
};

/// Work with trained models, always in processes of their own: answers and exports. GUI thread only.
class ModelService : public QObject {
    Q_OBJECT
public:
    using Exported = std::function<void(Result<ExportReport>)>;
    using Imported = std::function<void(Result<catalog::ModelRecord>)>;
    using Answered = std::function<void(Result<std::int64_t> samples)>;

    ModelService(CatalogService& catalog, ActivityService& activity, QObject* parent = nullptr);
    ~ModelService() override;

    void setRunnerProgram(const QString& program) { m_program = program; }

    /// A process that loads the model and then answers samples; `parent` owns it.
    PredictSession* openSession(const QString& modelFolder, QObject* parent);

    /// `trainyard-run export`; a row in Activity, where it can be cancelled. A checked export is filed as an
    /// artifact of the model.
    /// @param checkpoint  a file whose weights are to be exported instead of the model's own; empty: the model's own
    /// @param format      "onnx", "safetensors"
    /// @return the Activity id
    int exportModel(
        const catalog::ModelRecord& model,
        const QString& checkpoint,
        const QString& format,
        const QString& file,
        QObject* receiver,
        Exported then);

    /// `trainyard-run import` into a folder of our own, and the model in the catalog; a row in Activity, where it can be
    /// cancelled. `then` is not called once `receiver` is gone.
    /// @return the Activity id
    int importModel(const ModelImport& what, QObject* receiver, Imported then);

    /// `trainyard-run predict`: a table of answers that appears whole at the end; a row in
    /// Activity, where it can be cancelled. `then` is not called once `receiver` is gone.
    /// @return the Activity id
    int writeAnswers(const AnswersWanted& what, StoreService& stores, QObject* receiver, Answered then);

private:
    struct Answering {
        RunnerCall* call = nullptr;
        Answered then;
    };
    void endAnswering(int id, OperationState state, const Result<std::int64_t>& samples);
    struct Import {
        RunnerCall* call = nullptr;
        Imported then;
    };
    void startImport(int id, const ModelImport& what, const std::string& folder);
    void endImport(int id, OperationState state, Result<catalog::ModelRecord> model);
    void onExported(int id, const catalog::ModelRecord& model, const QString& format, bool isCheckpoint, const Exported& then);

    CatalogService& m_catalog;
    ActivityService& m_activity;
    QString m_program;
    QHash<int, QProcess*> m_exports;   ///< by Activity id
    QHash<int, Import> m_imports;      ///< likewise
    QHash<int, Answering> m_answerings; ///< likewise
};

} // namespace ty::app
