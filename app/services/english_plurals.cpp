#include "app/services/english_plurals.h"

#include <cstring>

#include <QRegularExpression>

namespace ty::app {

QString EnglishPlurals::translate(const char*, const char* sourceText, const char*, int n) const
{
    // A null answer means "not mine": Qt then takes the source text.
    if (n < 0 || sourceText == nullptr || std::strchr(sourceText, '(') == nullptr) {
        return {};
    }
    return chosen(QString::fromUtf8(sourceText), n == 1);
}

QString EnglishPlurals::chosen(QString text, bool isOne)
{
    static const QRegularExpression kIrregular(QStringLiteral("\\(([a-z ]+)/([a-z ]+)\\)"));
    static const QRegularExpression kEnding(QStringLiteral("\\((e?s)\\)"));
    text.replace(kIrregular, isOne ? QStringLiteral("\\1") : QStringLiteral("\\2"));
    return text.replace(kEnding, isOne ? QString() : QStringLiteral("\\1"));
}

} // namespace ty::app
