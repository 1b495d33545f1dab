#include <QTest>

#include <new>
#include <vector>

#include "engine/data/ordered_work.h"

using namespace ty::engine;

class TestOrderedWork : public QObject {
    Q_OBJECT
private slots:
    void itemsComeBackInTheirOrder()
    {
        OrderedWork<int> work([](int& item) { item *= 2; });
        std::vector<int> results;
        for (int i = 0; i < 200; ++i) {
            if (work.isFull()) {
                results.push_back(work.takeFront());
            }
            work.push(i);
        }
        while (!work.isEmpty()) {
            results.push_back(work.takeFront());
        }
        QCOMPARE(results.size(), std::size_t{200});
        for (int i = 0; i < 200; ++i) {
            QCOMPARE(results[static_cast<std::size_t>(i)], 2 * i);
        }
    }

    void whatTheWorkThrowsReachesWhoTakes()
    {
        for (int round = 0; round < 20; ++round) {
            OrderedWork<int> work([](int& item) {
                if (item == 3) {
                    throw std::bad_alloc();
                }
            });
            for (int i = 0; i < 5; ++i) {
                work.push(i);
            }
            for (int i = 0; i < 3; ++i) {
                QCOMPARE(work.takeFront(), i);
            }
            QVERIFY_EXCEPTION_THROWN((void)work.takeFront(), std::bad_alloc);
        }
    }
};

QTEST_GUILESS_MAIN(TestOrderedWork)
#include "tst_ordered_work.moc"
