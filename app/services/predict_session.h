#pragma once

#include <map>
#include <string>
#include <vector>

#include <QImage>
#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"

class QProcess;

namespace ty::app {

/// A model's answer to one sample.
struct PredictAnswer {
    QString prediction;
    struct Part {
        QString label;
        double probability = 0;
    };
    std::vector<Part> probabilities; ///< of every class; empty for regression
    double value = 0; ///< regression: in the target's own unit; reconstruction: mean squared error of a pixel
    QImage reconstruction; ///< null but of a model that gives pictures again
    double milliseconds = 0;         ///< from question to answer
};

/// A `trainyard-run predict --stream` that has loaded one model; it ends with this object. GUI thread only.
/// A newer question makes the older ones stale: their answers are dropped.
class PredictSession : public QObject {
    Q_OBJECT
public:
    PredictSession(const QString& program, const QString& modelFolder, QObject* parent = nullptr);
    ~PredictSession() override;

    /// Column name -> what was typed.
    void askRow(const std::map<std::string, std::string>& row);
    /// Brought to {channels, height, width}; pixels 0..255.
    void askImage(const QImage& image, int channels, int height, int width);
    void askFile(const QString& file);

    /// The pixels as rows of interleaved channels, in base64.
    static Json imageQuestion(const QImage& image, int channels, int height, int width);

signals:
    void answered(const ty::app::PredictAnswer& answer);
    /// The question was wrong, or the process ended.
    void failed(const QString& message, const QString& advice);

private:
    void ask(Json question);
    void readAnswers();

    QProcess* m_process;
    QByteArray m_pending;
    qint64 m_lastId = 0;
    qint64 m_askedAt = 0; ///< steady milliseconds
};

} // namespace ty::app
