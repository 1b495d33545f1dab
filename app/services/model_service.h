#pragma once

#include <functional>

#include <QHash>
#include <QObject>
#include <QString>

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
    quint64 bytes = 0;
    int opset = 0;             ///< 0: not ONNX
    double maxDifference = -1; ///< to the engine's own answers; negative: not compared
    bool isChecked = false;    ///< the format's own checker passed
    Json json;                 ///< as it came
};

/// Work with trained models, always in processes of their own: answers and exports. GUI thread only.
class ModelService : public QObject {
    Q_OBJECT
public:
    ModelService(CatalogService& catalog, ActivityService& activity, QObject* parent = nullptr);
    ~ModelService() override;

    void setRunnerProgram(const QString& program) { m_program = program; }

    /// A process that has loaded the model and answers samples; `parent` owns it.
    PredictSession* openSession(const QString& modelFolder, QObject* parent);

    /// `trainyard-run export`; a row in Activity. The result is also an artifact of the model.
    /// @param format  "onnx", "safetensors"
    /// @param modelId  0: a model that the catalog does not know
    /// @return the Activity id, for cancelling there
    int exportModel(
        qint64 modelId,
        const QString& folder,
        const QString& format,
        const QString& file,
        QObject* receiver,
        std::function<void(Result<ExportReport>)> then);

private:
    void onExported(int id, qint64 modelId, QProcess* process, const std::function<void(Result<ExportReport>)>& then);

    CatalogService& m_catalog;
    ActivityService& m_activity;
    QString m_program;
    QHash<int, QProcess*> m_exports;
};

} // namespace ty::app
