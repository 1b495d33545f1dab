#include "app/services/predict_session.h"

#include <chrono>

#include <QProcess>

namespace ty::app {

namespace {

qint64 steadyMicroseconds()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

/// The inverse of imageQuestion(). Errors: InvalidInput.
Result<QImage> imageFrom(const Json& json)
{
    const std::string what = "reconstruction";
    TY_TRY(const int width, jsonField<int>(json, "width", what));
    TY_TRY(const int height, jsonField<int>(json, "height", what));
    TY_TRY(const int channels, jsonField<int>(json, "channels", what));
    TY_TRY(const std::string data, jsonField<std::string>(json, "data", what));
    const QByteArray pixels = QByteArray::fromBase64(QByteArray::fromStdString(data));
    if ((channels != 1 && channels != 3) || width < 1 || height < 1
        || pixels.size() != qsizetype{channels} * height * width) {
        return Error{ErrorKind::InvalidInput, what + ": its pixels do not fit its size", {}};
    }
    return QImage(
               reinterpret_cast<const uchar*>(pixels.constData()), width, height, qsizetype{channels} * width,
               channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888)
        .copy(); // the bytes go
}

Result<PredictAnswer> answerFrom(const Json& json)
{
    const std::string what = "answer";
    PredictAnswer answer;
    if (json.contains("value") && json["value"].is_number()) {
        answer.value = json["value"].get<double>();
        answer.prediction = QString::number(answer.value, 'g', 6);
        if (json.contains("reconstruction")) {
            TY_TRY(answer.reconstruction, imageFrom(json["reconstruction"]));
        }
        return answer;
    }
    TY_TRY(const Json prediction, jsonField<Json>(json, "prediction", what));
    answer.prediction = QString::fromStdString(prediction.is_string() ? prediction.get<std::string>() : toJsonLine(prediction));
    if (json.contains("probabilities") && json["probabilities"].is_object()) {
        for (const auto& [label, share] : json["probabilities"].items()) {
            answer.probabilities.push_back(
                {QString::fromStdString(label), share.is_number() ? share.get<double>() : 0.0});
        }
    }
    return answer;
}

} // namespace

PredictSession::PredictSession(const QString& program, const QString& modelFolder, QObject* parent)
    : QObject(parent)
    , m_process(new QProcess(this))
{
    connect(m_process, &QProcess::readyReadStandardOutput, this, &PredictSession::readAnswers);
    connect(m_process, &QProcess::finished, this, [this](int code) {
        const QString words = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
        emit failed(
            words.isEmpty() ? tr("The model could not be run (code %1).").arg(code)
                            : words.section(QLatin1Char('\n'), -1),
            tr("Open the model again."));
    });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            emit failed(
                tr("trainyard-run does not start."), tr("Install Trainyard again; it belongs beside this program."));
        }
    });
    m_process->start(
        program, {QStringLiteral("predict"), QStringLiteral("--model"), modelFolder, QStringLiteral("--stream")});
}

PredictSession::~PredictSession()
{
    m_process->disconnect(this);
    m_process->setParent(nullptr);
    // It holds nothing that must be saved; closing its input ends it, and the object goes after the process.
    connect(m_process, &QProcess::finished, m_process, &QObject::deleteLater);
    if (m_process->state() == QProcess::NotRunning) {
        delete m_process;
    } else {
        m_process->kill();
    }
}

void PredictSession::ask(Json question)
{
    question["id"] = ++m_lastId;
    m_askedAt = steadyMicroseconds();
    m_process->write(QByteArray::fromStdString(toJsonLine(question)) + '\n');
}

void PredictSession::askRow(const std::map<std::string, std::string>& row)
{
    Json cells = Json::object();
    for (const auto& [column, text] : row) {
        cells[column] = text;
    }
    ask({{"row", cells}});
}

Json PredictSession::imageQuestion(const QImage& image, int channels, int height, int width)
{
    const QImage scaled
        = image.convertToFormat(channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888)
              .scaled(width, height, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
              .convertToFormat(channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    QByteArray pixels;
    pixels.reserve(qsizetype{channels} * height * width);
    for (int y = 0; y < height; ++y) {
        pixels.append(reinterpret_cast<const char*>(scaled.constScanLine(y)), qsizetype{channels} * width);
    }
    return {{"image",
             {{"width", width},
              {"height", height},
              {"channels", channels},
              {"data", pixels.toBase64().toStdString()}}}};
}

void PredictSession::askImage(const QImage& image, int channels, int height, int width)
{
    ask(imageQuestion(image, channels, height, width));
}

void PredictSession::askFile(const QString& file)
{
    ask({{"file", file.toStdString()}});
}

void PredictSession::readAnswers()
{
    m_pending += m_process->readAllStandardOutput();
    qsizetype end = 0;
    while ((end = m_pending.indexOf('\n')) >= 0) {
        const auto json = parseJson(m_pending.left(end).toStdString(), "answer");
        m_pending.remove(0, end + 1);
        if (!json || json->value("id", qint64{0}) != m_lastId) {
            continue;
        }
        if (json->contains("error")) {
            const Json& error = json.value()["error"];
            const bool isObject = error.is_object();
            emit failed(
                QString::fromStdString(isObject ? error.value("message", std::string()) : toJsonLine(error)),
                QString::fromStdString(isObject ? error.value("advice", std::string()) : std::string()));
            continue;
        }
        auto answer = answerFrom(json.value());
        if (!answer) {
            emit failed(QString::fromStdString(answer.error().message), {});
            continue;
        }
        answer->milliseconds = static_cast<double>(steadyMicroseconds() - m_askedAt) / 1000.0;
        emit answered(answer.value());
    }
}

} // namespace ty::app
