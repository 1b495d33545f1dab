#include <memory>

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/support/unnamed_controls.h"
#include "widgets/drop_well.h"
#include "widgets/glyphs.h"

using namespace ty::widgets;

class TestDropWell : public QObject {
    Q_OBJECT

  private slots:
    void init();
    void cleanup() { m_well.reset(); }
    void takesLocalFiles();
    void takesADatasetOfOurs();
    void refusesRemoteLinksAndText_data();
    void refusesRemoteLinksAndText();
    void saysWhyWhileHovering();
    void clearsByButtonAndKey();
    void browsesByButtonKeyAndDoubleClick();
    void everyControlHasAName();

  private:
    void drop(const QMimeData& mime);
    QString shownText() const;

    std::unique_ptr<DropWell> m_well;
};

void TestDropWell::init()
{
    m_well = std::make_unique<DropWell>("Training", "Drop a folder here");
    m_well->resize(400, 100);
    m_well->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_well.get()));
}

void TestDropWell::drop(const QMimeData& mime)
{
    QDragEnterEvent enter({20, 20}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_well.get(), &enter);
    QDropEvent event({20, 20}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_well.get(), &event);
}

QString TestDropWell::shownText() const
{
    QString text;
    for (const QLabel* label : m_well->findChildren<QLabel*>()) {
        text += label->isVisible() ? label->text() + '\n' : QString();
    }
    return text;
}

void TestDropWell::takesLocalFiles()
{
    QSignalSpy spy(m_well.get(), &DropWell::dropped);
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile("/data/digits"), QUrl::fromLocalFile("/data/more")});
    drop(mime);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].value<QList<QUrl>>().size(), 2);
}

void TestDropWell::takesADatasetOfOurs()
{
    QSignalSpy spy(m_well.get(), &DropWell::datasetDropped);
    QMimeData mime;
    mime.setData(kDatasetMimeType, "dataset-42");
    drop(mime);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), QStringLiteral("dataset-42"));
}

void TestDropWell::refusesRemoteLinksAndText_data()
{
    QTest::addColumn<bool>("isLink");
    QTest::newRow("link") << true;
    QTest::newRow("text") << false;
}

void TestDropWell::refusesRemoteLinksAndText()
{
    QFETCH(bool, isLink);
    QSignalSpy files(m_well.get(), &DropWell::dropped);
    QMimeData mime;
    if (isLink) {
        mime.setUrls({QUrl("https://example.org/data.csv")});
    } else {
        mime.setText("hello");
    }
    drop(mime);
    QCOMPARE(files.count(), 0);
    QVERIFY(shownText().contains(QStringLiteral("⚠"))); // never silently nothing
}

void TestDropWell::saysWhyWhileHovering()
{
    m_well->setDropCheck(
        [](const QMimeData&) { return QStringLiteral("This dataset is for regression"); });
    QMimeData mime;
    mime.setData(kDatasetMimeType, "x");
    QDragEnterEvent enter({20, 20}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_well.get(), &enter);
    QVERIFY(shownText().contains("for regression"));
    QDragMoveEvent move({22, 20}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_well.get(), &move);
    QVERIFY(!move.isAccepted()); // the cursor forbids
    QDragLeaveEvent leave;
    QApplication::sendEvent(m_well.get(), &leave);
    QVERIFY(!shownText().contains("for regression"));
}

void TestDropWell::clearsByButtonAndKey()
{
    QSignalSpy spy(m_well.get(), &DropWell::cleared);
    m_well->setContent(glyphIcon(Glyph::Dataset), "Digits", "1 797 images");
    QVERIFY(m_well->isFilled());
    QVERIFY(shownText().contains("Digits"));
    QTest::mouseClick(m_well->findChild<QToolButton*>(), Qt::LeftButton);
    QVERIFY(!m_well->isFilled());
    m_well->setContent({}, "Digits", "1 797 images");
    QTest::keyClick(m_well.get(), Qt::Key_Delete);
    QCOMPARE(spy.count(), 2);
    QVERIFY(shownText().contains("Drop a folder"));
}

void TestDropWell::browsesByButtonKeyAndDoubleClick()
{
    QSignalSpy spy(m_well.get(), &DropWell::browseRequested);
    QTest::mouseClick(m_well->findChild<QPushButton*>(), Qt::LeftButton);
    QTest::keyClick(m_well.get(), Qt::Key_Return);
    QTest::mouseDClick(m_well.get(), Qt::LeftButton, {}, QPoint(5, 5));
    QCOMPARE(spy.count(), 3);
}

void TestDropWell::everyControlHasAName()
{
    m_well->setContent({}, "Digits", "1 797 images");
    QCOMPARE(ty::tests::unnamedControls(m_well.get()).join(", "), QString());
    QCOMPARE(m_well->accessibleName(), QStringLiteral("Training data"));
    QVERIFY(m_well->accessibleDescription().contains("Digits"));
}

QTEST_MAIN(TestDropWell)
#include "tst_drop_well.moc"
