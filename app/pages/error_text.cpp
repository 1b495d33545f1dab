#include "app/pages/error_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>
#include <QStringList>

#include "widgets/error_panel.h"

namespace ty::app {

namespace {

/// "... (SkuNotAvailable, request 7a3f)": how CloudError::toError() ends its message.
QRegularExpressionMatch providerEnd(const Error& error)
{
    static const QRegularExpression pattern(
        QStringLiteral(" \\((HTTP \\d+|[A-Z][A-Za-z0-9_.]{4,}|[a-z]+(?:_[a-z]+)+)(?:, request ([^)\\s]+))?\\)$"));
    return pattern.match(QString::fromStdString(error.message));
}

/// "Trace ID: ... Correlation ID: ... Timestamp: ...": what Azure's sign-in puts behind its sentence.
const QRegularExpression& signInTrace()
{
    static const QRegularExpression pattern(QStringLiteral("\\s*Trace ID: (\\S+) Correlation ID: \\S+ Timestamp: \\S+"));
    return pattern;
}

QString line(const char* text)
{
    return QCoreApplication::translate("ErrorText", text);
}

} // namespace

void showError(widgets::ErrorPanel& panel, const QString& happened, const Error& error)
{
    panel.setSeverity(widgets::ErrorPanel::Severity::Error);
    panel.setText(happened, errorReason(error), QString::fromStdString(error.advice));
    panel.setDetails(errorDetails(error));
    panel.clearButtons();
    panel.show();
}

QString errorDetails(const Error& error)
{
    const auto end = providerEnd(error);
    QStringList lines;
    lines << line("Code: %1").arg(end.hasMatch() ? end.captured(1) : QString::fromLatin1(errorKindName(error.kind)));
    if (end.hasMatch() && !end.captured(2).isEmpty()) {
        lines << line("Request: %1").arg(end.captured(2));
    }
    if (const auto trace = signInTrace().match(QString::fromStdString(error.message)); trace.hasMatch()) {
        lines << line("Request: %1").arg(trace.captured(1));
    }
    lines << line("Time: %1").arg(QDateTime::currentDateTimeUtc().toString(Qt::ISODate));
    lines << QString::fromStdString(error.message);
    return lines.join(u'\n');
}

QString errorReason(const Error& error)
{
    QString text = QString::fromStdString(error.message);
    if (const auto end = providerEnd(error); end.hasMatch()) {
        text.truncate(end.capturedStart());
    }
    return asSentence(text.remove(signInTrace()));
}

QString asSentence(const QString& message)
{
    static const QRegularExpression plainWord(QStringLiteral("^[a-z]+[ ,]"));
    return plainWord.match(message).hasMatch() ? message.at(0).toUpper() + message.mid(1) : message;
}

} // namespace ty::app
