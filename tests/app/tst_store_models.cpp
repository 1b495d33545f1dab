#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

#include "app/models/store_table_model.h"
#include "app/services/activity_service.h"

using namespace ty;
using namespace ty::app;

class TestStoreModels : public QObject {
    Q_OBJECT

private slots:
    void whatIsDeletedIsSaidSoAndNotDragged()
    {
        StoreTableModel model;
        model.begin("lab:");
        cloud::StoreEntry there;
        there.path = "train/a.png";
        cloud::StoreEntry gone = there;
        gone.path = "train/b.png";
        gone.isDeleted = true;
        model.append({there, gone});

        QVERIFY(model.index(1, 0).data(StoreTableModel::IsDeletedRole).toBool());
        QCOMPARE(model.index(1, StoreTableModel::Kind).data().toString(), QStringLiteral("PNG file, deleted"));
        QVERIFY(std::unique_ptr<QMimeData>(model.mimeData({model.index(0, 0)})) != nullptr);
        QVERIFY(std::unique_ptr<QMimeData>(model.mimeData({model.index(0, 0), model.index(1, 0)})) == nullptr);
    }

    void pagesOfAHundredThousandFilesDoNotHoldTheWindow()
    {
        StoreTableModel model;
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.begin("lab:");
        qint64 longest = 0;
        for (int page = 0; page < 20; ++page) {
            std::vector<cloud::StoreEntry> entries(5000);
            for (std::size_t i = 0; i < entries.size(); ++i) {
                entries[i].path = "train/" + std::to_string(page * 5000 + static_cast<int>(i)) + ".jpg";
                entries[i].bytes = i;
                entries[i].modified = "2026-11-21T08:15:30Z";
            }
            QElapsedTimer clock;
            clock.start();
            model.append(entries);
            longest = std::max(longest, clock.elapsed());
        }
        QCOMPARE(model.rowCount(), 100'000);
        QCOMPARE(inserted.count(), 20);
        QVERIFY2(longest < 100, qPrintable(QString::number(longest)));
        QCOMPARE(model.index(99'999, StoreTableModel::Name).data().toString(), QStringLiteral("99999.jpg"));
        QCOMPARE(model.index(3, 0).data(StoreTableModel::AddressRole).toString(), QStringLiteral("lab:train/3.jpg"));
    }

    void aHundredThousandSelectedFilesAreDraggedAndSortedWithoutAPause()
    {
        StoreTableModel model;
        model.begin("lab:");
        std::vector<cloud::StoreEntry> entries(100'000);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            entries[i].path = "train/" + std::to_string(i) + ".jpg";
        }
        model.append(entries);
        QItemSelectionModel selection(&model);
        selection.select(
            QItemSelection(model.index(0, 0), model.index(99'999, StoreTableModel::ColumnCount - 1)), QItemSelectionModel::Select);
        const QModelIndexList all = selection.selectedIndexes();
        QCOMPARE(all.size(), 100'000 * StoreTableModel::ColumnCount);
        QElapsedTimer clock;
        clock.start();
        const std::unique_ptr<QMimeData> data(model.mimeData(all));
        const qint64 dragged = clock.restart();
        QCOMPARE(data->data(StoreTableModel::kMimeType).count('\n'), 99'999);
        model.sort(StoreTableModel::Name, Qt::DescendingOrder);
        const qint64 sorted = clock.elapsed();
        // Comparing each with each took minutes. A tenth of a second is what a window may take; a busy machine is slower.
        QVERIFY2(dragged < 500 && sorted < 500, qPrintable(QStringLiteral("%1 ms, %2 ms").arg(dragged).arg(sorted)));
        qInfo("%s", qPrintable(QStringLiteral("dragged in %1 ms, sorted in %2 ms").arg(dragged).arg(sorted)));
    }

    void aSortPutsFoldersFirstAndKeepsTheModelWhole()
    {
        StoreTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.begin("lab:");
        std::vector<cloud::StoreEntry> entries(3);
        entries[0].path = "b";
        entries[0].bytes = 2;
        entries[1].path = "a";
        entries[1].bytes = 1;
        entries[2].path = "z";
        entries[2].isFolder = true;
        model.append(entries);
        const QPersistentModelIndex kept(model.index(1, 0)); // "a"
        model.sort(StoreTableModel::Name, Qt::DescendingOrder);
        QCOMPARE(kept.data().toString(), QStringLiteral("a"));
        const auto name = [&](int row) { return model.index(row, StoreTableModel::Name).data().toString(); };
        QCOMPARE((QStringList{name(0), name(1), name(2)}), (QStringList{"z/", "b", "a"}));
        model.sort(StoreTableModel::Size, Qt::AscendingOrder);
        QCOMPARE((QStringList{name(0), name(1), name(2)}), (QStringList{"z/", "a", "b"}));
        const std::unique_ptr<QMimeData> dragged(model.mimeData({model.index(1, 0), model.index(1, 1), model.index(2, 0)}));
        QCOMPARE(dragged->data(StoreTableModel::kMimeType), QByteArray("lab:a\nlab:b"));
    }

    void whatIsSelectedStaysSelectedWhenTheListIsSorted_data()
    {
        QTest::addColumn<int>("files");
        QTest::newRow("few") << 5;
        QTest::newRow("many") << 3000; // of which views keep track in another way
    }

    void whatIsSelectedStaysSelectedWhenTheListIsSorted()
    {
        QFETCH(int, files);
        StoreTableModel model;
        model.begin("lab:");
        std::vector<cloud::StoreEntry> entries(static_cast<std::size_t>(files));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            entries[i].path = "train/" + std::to_string(i * 7919 % entries.size()) + ".jpg";
            entries[i].bytes = i * 31 % 11;
        }
        model.append(entries);
        QItemSelectionModel selection(&model);
        selection.setCurrentIndex(model.index(2, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        const QItemSelection all(model.index(0, 0), model.index(files - 1, StoreTableModel::ColumnCount - 1));
        selection.select(all, QItemSelectionModel::ClearAndSelect);
        model.sort(StoreTableModel::Size, Qt::DescendingOrder);
        QCOMPARE(selection.selectedRows().size(), files);
        selection.select(model.index(1, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        const QString chosen = model.index(1, 0).data(StoreTableModel::AddressRole).toString();
        model.sort(StoreTableModel::Name, Qt::AscendingOrder);
        const auto rows = selection.selectedRows();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows.front().data(StoreTableModel::AddressRole).toString(), chosen);
    }

    void anOperationIsPausedResumedAndTriedAgain()
    {
        ActivityService activity;
        QSignalSpy orders(&activity, &ActivityService::orderRequested);
        const int id = activity.begin("Copy", "a", true);
        activity.requestOrder(id, OperationOrder::Pause);
        QCOMPARE(orders.count(), 0); // most operations cannot
        activity.setPausable(id);
        activity.requestOrder(id, OperationOrder::Resume);
        QCOMPARE(orders.count(), 0); // it runs
        activity.requestOrder(id, OperationOrder::Pause);
        QCOMPARE(orders.count(), 1);
        QVERIFY(activity.index(0, ActivityService::State).data().toString().contains("Pausing"));
        activity.setState(id, OperationState::Paused, "no network");
        QCOMPARE(activity.runningCount(), 0);
        QVERIFY(activity.index(0, ActivityService::State).data().toString().contains("no network"));
        activity.requestOrder(id, OperationOrder::Resume);
        activity.setState(id, OperationState::Running);
        activity.update(id, "1 of 2", 0.5, "3 MiB/s", "4 s");
        QCOMPARE(activity.index(0, ActivityService::Speed).data().toString(), QStringLiteral("3 MiB/s"));
        QCOMPARE(activity.index(0, ActivityService::Left).data().toString(), QStringLiteral("4 s"));
        activity.finish(id, OperationState::Failed, "1 file");
        QVERIFY(activity.index(0, ActivityService::Speed).data().toString().isEmpty());
        activity.requestOrder(id, OperationOrder::Retry);
        QCOMPARE(orders.count(), 3);
    }
};

QTEST_GUILESS_MAIN(TestStoreModels)
#include "tst_store_models.moc"
