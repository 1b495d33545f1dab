// The window in languages that are longer than English, and in those that are read from the right.
#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QStringList>
#include <QTest>
#include <QTranslator>

#include "app/main_window.h"
#include "app/services/all_services.h"
#include "app/services/english_plurals.h"
#include "tests/app/window_fixture.h"
#include "widgets/elided_label.h"
#include "widgets/rail.h"

using namespace ty;
using namespace ty::app;

/// Every sentence two fifths longer, in brackets, so that what is not translated shows.
class PseudoLanguage : public QTranslator {
public:
    bool isEmpty() const override { return false; }
    QString translate(const char*, const char* source, const char*, int n) const override
    {
        auto text = pluralOf(QString::fromUtf8(source), n);
        const auto more = (text.size() * 2 + 4) / 5;
        return QLatin1Char('[') + text + QString(more > 2 ? more - 2 : 0, QLatin1Char('~')) + QLatin1Char(']');
    }

private:
    static QString pluralOf(QString text, int n)
    {
        return n < 0 ? text : text.remove(QStringLiteral("(s)"));
    }
};

class TestLanguages : public QObject {
    Q_OBJECT
private slots:
    void longerWordsAreNotCut();
    void windowIsReadFromTheRight();
    void englishTextsKeepTheEndingOfTheirNumber();
};

namespace {

void addSample(WindowFixture& fixture, const char* key)
{
    QSignalSpy added(&fixture.context().datasets, &DatasetService::sampleAdded);
    fixture.context().datasets.addSample(QString::fromLatin1(key));
    QVERIFY(QTest::qWaitFor([&] { return added.count() == 1; }, 60000));
}

/// What shows less than it says; a label that says so with an ellipsis, or in several lines, is none.
QStringList cutTexts(const QWidget& window)
{
    QStringList cut;
    const auto widgets = window.findChildren<QWidget*>();
    for (const auto* widget : widgets) {
        if (!widget->isVisible()) {
            continue;
        }
        const auto* label = qobject_cast<const QLabel*>(widget);
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        const bool isText = (label && !label->text().isEmpty() && !label->wordWrap()
                             && !qobject_cast<const widgets::ElidedLabel*>(widget))
                            || (button && !button->text().isEmpty());
        if (isText && widget->sizeHint().width() > widget->width() + 1) {
            cut << QStringLiteral("%1: %2 of %3 px").arg(label ? label->text() : button->text()).arg(widget->width())
                       .arg(widget->sizeHint().width());
        }
        const int right = widget->mapTo(&window, QPoint(widget->width(), 0)).x();
        if (isText && right > window.width()) {
            cut << QStringLiteral("%1 ends outside of the window").arg(label ? label->text() : button->text());
        }
    }
    return cut;
}

} // namespace

void TestLanguages::longerWordsAreNotCut()
{
    PseudoLanguage pseudo;
    QCoreApplication::installTranslator(&pseudo);
    const auto back = qScopeGuard([&pseudo] { QCoreApplication::removeTranslator(&pseudo); });
    WindowFixture fixture;
    QVERIFY(fixture.start());
    auto& window = fixture.window();
    window.resize(1280, 800);
    addSample(fixture, "iris");
    QStringList cut;
    for (const auto page : {PageId::Home, PageId::Data, PageId::Train, PageId::Runs, PageId::Models, PageId::Specs, PageId::Settings}) {
        window.showPage(page);
        QTest::qWait(150);
        (void)QTest::qWaitFor([&] { return cutTexts(window).isEmpty(); }, 3000); // pages that read something settle later
        for (const auto& text : cutTexts(window)) {
            cut << QStringLiteral("page %1, %2").arg(static_cast<int>(page)).arg(text);
        }
    }
    QVERIFY2(window.width() == 1280, qPrintable(QString::number(window.width())));
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
}

void TestLanguages::windowIsReadFromTheRight()
{
    QApplication::setLayoutDirection(Qt::RightToLeft);
    const auto back = qScopeGuard([] { QApplication::setLayoutDirection(Qt::LeftToRight); });
    WindowFixture fixture;
    QVERIFY(fixture.start());
    auto& window = fixture.window();
    window.resize(1280, 800);
    addSample(fixture, "digits");
    for (int page = 0; page < MainWindow::kPages; ++page) {
        window.showPage(static_cast<PageId>(page));
        QTest::qWait(60);
        QVERIFY(!window.grab().isNull());
    }
    const auto* rail = window.findChild<widgets::Rail*>();
    QVERIFY(rail != nullptr);
    QVERIFY(rail->mapTo(&window, QPoint(0, 0)).x() > window.width() / 2);
}

void TestLanguages::englishTextsKeepTheEndingOfTheirNumber()
{
    const auto told = [](const char* text, int number) {
        return EnglishPlurals().translate("Any", text, nullptr, number).replace(QLatin1String("%Ln"), QString::number(number));
    };
    QCOMPARE(told("%Ln class(es)", 1), QStringLiteral("1 class"));
    QCOMPARE(told("%Ln class(es)", 0), QStringLiteral("0 classes"));
    QCOMPARE(told("%Ln run(s) (is/are) training.", 2), QStringLiteral("2 runs are training."));
    QCOMPARE(told("%Ln (file was/files were) deleted.", 1), QStringLiteral("1 file was deleted."));
    QCOMPARE(told("%Ln (file was/files were) deleted.", 3), QStringLiteral("3 files were deleted."));
    QVERIFY(told("no number (seen/unseen)", -1).isNull()); // a text without a number is left alone
}

QTEST_MAIN(TestLanguages)
#include "tst_languages.moc"
