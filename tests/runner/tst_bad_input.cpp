#include <QTest>
class TestNone : public QObject {
    Q_OBJECT
};
QTEST_GUILESS_MAIN(TestNone)
#include "tst_bad_input.moc"
