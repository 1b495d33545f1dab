#pragma once

#include <QTranslator>

namespace ty::app {

/// Source texts are English with both endings: "%n class(es)". This keeps the one that fits the number, where no
/// translation of the person's language has answered.
class EnglishPlurals : public QTranslator {
    Q_OBJECT
public:
    using QTranslator::QTranslator;

    QString translate(const char* context, const char* sourceText, const char* disambiguation, int n) const override;
    bool isEmpty() const override { return false; }

    /// "3 class(es)" -> "3 classes", "1 class(es)" -> "1 class".
    static QString chosen(QString text, bool isOne);
};

} // namespace ty::app
