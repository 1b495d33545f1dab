#include <QTest>

#include <cstdint>

#include "engine/tensor/tensor.h"

using namespace ty::engine;

class TestTensor : public QObject {
    Q_OBJECT

private slots:
    void newTensorsAreZeroAndAligned();
    void copiesShareAndClonesDoNot();
    void scalarsHaveOneElement();
    void emptyExtentsHaveNone();
    void shapesReadAsTuples();
};

void TestTensor::newTensorsAreZeroAndAligned()
{
    const Tensor tensor(DType::Float32, {3, 5});
    QCOMPARE(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, std::uintptr_t{0});
    QCOMPARE(tensor.bytes(), std::size_t{60});
    for (const float value : tensor.floats()) {
        QCOMPARE(value, 0.0F);
    }
}

void TestTensor::copiesShareAndClonesDoNot()
{
    Tensor tensor(DType::Float32, {2});
    const Tensor copy = tensor;
    const Tensor clone = tensor.clone();
    tensor.floats()[1] = 7.0F;
    QCOMPARE(copy.floats()[1], 7.0F);
    QCOMPARE(clone.floats()[1], 0.0F);
    QVERIFY(Tensor().clone().isEmpty());
}

void TestTensor::scalarsHaveOneElement()
{
    QCOMPARE(Tensor(DType::Float64, {}).bytes(), std::size_t{8});
}

void TestTensor::emptyExtentsHaveNone()
{
    const Tensor tensor(DType::Int64, {0, 4});
    QVERIFY(!tensor.isEmpty());
    QCOMPARE(tensor.size(), std::int64_t{0});
}

void TestTensor::shapesReadAsTuples()
{
    QCOMPARE(toString(Shape{8, 3}), std::string("(8, 3)"));
    QCOMPARE(toString(Shape{}), std::string("()"));
    QCOMPARE(std::string(dtypeName(DType::UInt8)), std::string("uint8"));
}

QTEST_GUILESS_MAIN(TestTensor)
#include "tst_tensor.moc"
