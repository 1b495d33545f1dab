#pragma once

#include <functional>

#include <QHash>
#include <QObject>
#include <QString>

#include "app/catalog/records.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

class QProcess;

namespace ty::app {

class ActivityService;
class CatalogService;
class PredictSession;

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

/// Work with trained models, always in processes of their own: answers and exports. GUI thread only.
class ModelService : public QObject {
    Q_OBJECT
public:
    using Exported = std::function<void(Result<ExportReport>)>;

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

private:
    void onExported(int id, const catalog::ModelRecord& model, const QString& format, bool isCheckpoint, const Exported& then);

    CatalogService& m_catalog;
    ActivityService& m_activity;
    QString m_program;
    QHash<int, QProcess*> m_exports; ///< by Activity id
};

} // namespace ty::app
